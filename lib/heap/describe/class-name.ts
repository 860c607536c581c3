import type { HeapClass } from '../heap-snapshot.js'

const MOST_PROPERTIES = 6

/** How a class is called: `Span`, `Object {id, url}`, `startSpan()`, `string`. */
export function className({
  name,
  type,
  properties,
}: Pick<HeapClass, 'name' | 'type' | 'properties'>): string {
  if (type === 'closure') return `${name === '' ? '(anonymous)' : name}()`
  if (type === 'object' && name === 'Object' && properties.length > 0) {
    const shown = properties.slice(0, MOST_PROPERTIES)
    return `Object {${[...shown, ...(shown.length < properties.length ? ['...'] : [])].join(', ')}}`
  }
  return name === '' ? `(${type})` : name
}

/** What V8 calls things, and whose parts they are: `(string)`, `system / Context`, `elements of Array`. */
const OWN_NAME = /^(?:\(.*\)|system \/ .*|)$/
/** What the language puts before the name of a function. */
const FUNCTION_PREFIX = /^((?:bound |get |set |static )+)(.*)$/
const PART_OF = /^((?:elements|table|properties|[a-z ]+) of )(.+)$/

/** A class whose names are replaced; those that V8 gave itself stay. */
export function masked(
  { name, type, properties }: HeapClass,
  mask: (name: string) => string,
): Pick<HeapClass, 'name' | 'type' | 'properties'> {
  const inTwo = { array: PART_OF, closure: FUNCTION_PREFIX }[type]
  const [, part = '', owner = name] = inTwo?.exec(name) ?? []
  return {
    name: OWN_NAME.test(owner) ? name : part + mask(owner),
    type,
    properties: properties.map(mask),
  }
}
