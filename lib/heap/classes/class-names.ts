/** V8's types whose names are contents: their class is named after the type alone. */
const contents = new Set([
  'string',
  'concatenated string',
  'sliced string',
  'symbol',
  'number',
  'bigint',
  'regexp',
])

/** Whether the names of nodes of a type are what they contain, and so belong in no report. */
export function isContent(type: string): boolean {
  return contents.has(type)
}

/** Name of the class of a node that is neither an object nor a function, from V8's type and name of the node. */
export function plainClassName(type: string, name: string): string {
  if (isContent(type)) return `(${type})`
  if (type === 'code') return codeName(name)
  // Chromium: an element with its attributes.
  if (type === 'native' && name.startsWith('<'))
    return /^<[^\s>]*/u.exec(name)?.[0].concat('>') ?? `(${type})`
  return name === '' ? `(${type})` : name
}

/** Name of a constructor; a browser adds the address of the page to that of its window. */
export function constructorName(name: string): string {
  return name === '' ? '(anonymous)' : name.replace(/ \/ [a-z][a-z0-9+.-]*:.*$/isu, '')
}

/** V8 names compiled code after its function: one class for all of it. */
function codeName(name: string): string {
  if (name.startsWith('system / ')) return name
  const kind = /^\(([^()]+?) for .*\)$/su.exec(name)?.[1]
  if (kind !== undefined) return `(${kind})`
  return /^\([^()]+\)$/u.test(name) ? name : '(code)'
}
