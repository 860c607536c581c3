/** A name with its separator, as in `name=`, `name: "`, `"name":`. The look-behind has long words scanned once. */
const NAME = /(?<![\w.-])([\w.-]+)(["']?\s?([=:])\s?)/g
/** A quoted value, or one that ends at a separator. */
const VALUE = /"[^"]*"|'[^']*'|[^\s&;,'"]+/y
/** Value of a header: to the end of the line, or of the quotes around it. */
const HEADER_VALUE = /"[^"]*"|'[^']*'|[^\r\n'",]+/y
const HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-.*)$/i

/** Puts a mask in place of values whose name says that they are secret; a value within another is found as well. */
export function maskNamedValues(text: string, mask: string, isSecret: (name: string) => boolean): string {
  let result = ''
  let copied = 0
  for (const match of text.matchAll(NAME)) {
    const [all, name = '', , separator] = match
    const start = match.index + all.length
    if (match.index < copied || !isSecret(name)) continue
    const isHeader = separator === ':' && HEADER.test(name)
    const quoted = all.includes('"') || all.includes("'") || /["']/.test(text.charAt(start))
    // a colon alone is prose
    if (separator === ':' && !isHeader && !quoted) continue
    const value = isHeader ? HEADER_VALUE : VALUE
    value.lastIndex = start
    const found = value.exec(text)
    if (found === null) continue
    result += text.slice(copied, start) + mask
    copied = start + found[0].length
  }
  return result + text.slice(copied)
}
