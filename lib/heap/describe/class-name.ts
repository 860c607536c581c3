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

/** What V8 and Node call things, and whose parts they are: `(string)`, `system / Context`, `elements of Array`. */
const OWN_NAME =
  /^(?:\([\w .-]{1,100}\)|(?:system|Node) \/ [\w ().:<>,*&/-]{1,80}|[A-Z][A-Za-z]+(?: [A-Z][a-z]+)? Iterator|)$/
const PART_OF = /^((?:elements|table|properties|[a-z ]+) of )(.+)$/
/** Global objects, with the address of their page behind the stroke. */
const GLOBAL_OBJECT = /^(global|globalThis|Window) \/ .*$/
/** What V8 puts before the names of functions. */
const PREFIX = /^((?:(?:get|set|bound|async|static) )+)(.+)$/

/** A class whose names are replaced; those that V8 gave itself stay. */
export function masked(
  { name, type, properties }: Pick<HeapClass, 'name' | 'type' | 'properties'>,
  mask: (name: string) => string,
): Pick<HeapClass, 'name' | 'type' | 'properties'> {
  const before = type === 'array' ? PART_OF : PREFIX
  const [, part = '', owner = name] = before.exec(name) ?? []
  const [, globalName] = GLOBAL_OBJECT.exec(name) ?? []
  return {
    name: globalName ?? (OWN_NAME.test(owner) ? name : part + mask(owner)),
    type,
    properties: properties.map(mask),
  }
}
