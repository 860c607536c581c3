import type { HeapClass, HeapEdge, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'
import { earlier } from '../locate/places.js'

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

/** What V8 keeps about code, as ways through the heap tell it. */
export const V8_TABLES = {
  feedback: "V8's type feedback",
  sourcePositions: "V8's source positions",
} as const

/** The table of V8's that an edge leads into; `null`: none. */
export function v8Table({ type, name }: HeapEdge, target: string): string | null {
  if (type === 'internal' && name === 'source_position_table') return V8_TABLES.sourcePositions
  return /^system \/ Feedback(?:Cell|Vector)$/.test(target) ? V8_TABLES.feedback : null
}

/** What timers of a snapshot are: all are of one class of Node's. */
interface TimersInWords {
  /** `Timeout (setInterval)`, `Timeout (setTimeout)`. */
  readonly name: string
  /** The callback of most of them that is not Node's own; `null`: there is none. */
  readonly location: SourceLocation | null
}

/** So many of the newest are looked at. */
const MOST = 1000

/** `null` for every other class. */
export function timersInWords(snapshot: HeapSnapshot, of: HeapClass): TimersInWords | null {
  if (of.name !== 'Timeout' || of.location?.script.startsWith('node:') !== true) return null
  const callbacks = new Map<string, { readonly location: SourceLocation; count: number }>()
  let intervals = 0
  const timers = of.nodes().slice(-MOST)
  for (const timer of timers) {
    const edges = snapshot.references(timer).filter(({ type }) => type === 'property')
    const repeat = edges.find(({ name }) => name === '_repeat')
    // Numbers have no edge, and `null` has one.
    if (repeat === undefined || snapshot.node(repeat.to).name !== 'system / Oddball') intervals++
    const callback = edges.find(({ name }) => name === '_onTimeout')
    const location = callback === undefined ? null : snapshot.location(callback.to)
    if (location === null || location.script === '' || location.script.startsWith('node:')) continue
    const key = `${location.script}:${String(location.line)}:${String(location.column)}`
    const known = callbacks.get(key)
    if (known === undefined) callbacks.set(key, { location, count: 1 })
    else known.count++
  }
  const [most] = [...callbacks.values()].sort(
    (a, b) => b.count - a.count || (earlier(a.location, b.location) === a.location ? -1 : 1),
  )
  return {
    name: 2 * intervals > timers.length ? 'Timeout (setInterval)' : 'Timeout (setTimeout)',
    location: most?.location ?? null,
  }
}
