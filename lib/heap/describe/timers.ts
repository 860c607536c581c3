import { earlier } from '../locate/places.js'
import type { HeapClass, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'

/** What timers of a snapshot are: all are of one class of Node's. */
export interface TimersInWords {
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
