import { isContent } from '../classes/class-table.js'
import type { HeapClass, HeapSnapshot } from '../heap-snapshot.js'
import type { HeldNodes } from './held-nodes.js'
import { isProportional, isProportionalClass, rank } from './leak-shares.js'
import type { Intervals } from './leak-shares.js'

/** What a holder leads to so many of: an object of an array, a link of a chain. */
export interface Unit {
  readonly class: HeapClass
  /** Its nodes, nearest first. */
  readonly nodes: readonly number[]
  /** How many appeared in each interval. */
  readonly born: readonly number[]
  readonly isProportional: boolean | null
  /** Steps from the holder to the nearest. */
  readonly depth: number
}

interface Draft extends Unit {
  readonly nodes: number[]
  readonly born: number[]
  bytes: number
  isProportional: boolean | null
}

/** A class with fewer nodes than this part of the most frequent one is beside the point. */
const leastPart = 0.01

/**
 * The class that is met first, of those that grew in proportion to operations: both in what the holder leads to, and as a whole,
 * or a cache that changes its contents would look like one that grows. Of those met equally early objects and functions before
 * what they consist of, then the one with the most bytes.
 */
export function unitOf(
  snapshot: HeapSnapshot,
  { nodes, depths }: HeldNodes,
  ages: Uint8Array,
  intervals: Intervals,
  growthOf: (key: HeapClass) => readonly number[],
): Unit | null {
  const drafts = new Map<HeapClass, Draft>()
  nodes.forEach((node, index) => {
    const own = snapshot.classOf(node)
    let draft = drafts.get(own)
    if (draft === undefined) {
      const depth = depths[index]!
      draft = { class: own, nodes: [], born: intervals.map(() => 0), isProportional: null, depth, bytes: 0 }
      drafts.set(own, draft)
    }
    draft.nodes.push(node)
    draft.born[ages[node]! - 1]!++
    draft.bytes += snapshot.columns.selfSizes[node]!
  })
  const all = [...drafts.values()]
  for (const draft of all) {
    const growth = growthOf(draft.class)
    const born = isProportional(draft.born, intervals)
    draft.isProportional = born === true ? isProportionalClass(draft.class.type, growth, intervals) : born
  }
  const best = Math.max(0, ...all.map(draft => rank(draft.isProportional)))
  const candidates = all.filter(draft => rank(draft.isProportional) === best)
  const most = candidates.reduce((largest, draft) => Math.max(largest, draft.nodes.length), 0)
  const order = (a: Draft, b: Draft): number =>
    best === 0
      ? b.bytes - a.bytes
      : partRank(a.class.type) - partRank(b.class.type) || a.depth - b.depth || b.bytes - a.bytes
  return candidates.filter(draft => draft.nodes.length >= most * leastPart).sort(order)[0] ?? null
}

/** What programs make themselves comes first, then contents, then what V8 adds. */
function partRank(type: string): number {
  if (type === 'object' || type === 'closure') return 0
  if (type === 'native' || isContent(type)) return 1
  return 2
}
