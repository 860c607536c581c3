import type { SnapshotColumns } from '../snapshot-columns.js'
import { dead, old } from './held-nodes.js'
import type { Holder } from './holders.js'

/** Shares are worked out for so many holders. */
const mostHolders = 64

/** A holder with what it leads to. */
export interface SharedHolder extends Holder {
  readonly leakShareBytes: number
}

/**
 * LeakShare: for each added node its size, divided by the number of holders that lead to it (J. Vilk and E. D. Berger, BLeak:
 * Automatically Debugging Memory Leaks in Web Applications, PLDI 2018). Largest first.
 *
 * For the 64 holders that come first to the most bytes when all set out at once; the others hardly hold anything.
 */
export function shareLeaks(
  columns: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
  holders: readonly Holder[],
): SharedHolder[] {
  const largest = chooseLargest(columns, isStrong, ages, holders)
  const { low, high } = spread(columns, isStrong, ages, largest)
  const shares = new Float64Array(largest.length)
  for (let node = 0; node < columns.nodeCount; node++) {
    const by = bits(low[node]!) + bits(high[node]!)
    if (by === 0) continue
    const share = columns.selfSizes[node]! / by
    for (let index = 0; index < largest.length; index++) {
      if (((index < 32 ? low[node]! : high[node]!) >>> (index & 31)) & 1) shares[index]! += share
    }
  }
  return largest
    .map((holder, index) => ({ ...holder, leakShareBytes: Math.round(shares[index]!) }))
    .sort((a, b) => b.leakShareBytes - a.leakShareBytes)
}

function chooseLargest(
  { nodeCount, firstEdges, edgeTargets, selfSizes }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
  holders: readonly Holder[],
): readonly Holder[] {
  if (holders.length <= mostHolders) return holders
  const first = new Uint32Array(nodeCount)
  const queue = new Uint32Array(nodeCount)
  const bytes = new Float64Array(holders.length)
  let length = 0
  const take = (node: number, by: number): void => {
    if (first[node] !== 0 || ages[node] === old || ages[node] === dead) return
    first[node] = by
    bytes[by - 1]! += selfSizes[node]!
    queue[length++] = node
  }
  holders.forEach(({ edges }, index) => {
    for (const edge of edges) take(edgeTargets[edge]!, index + 1)
  })
  for (let next = 0; next < length; next++) {
    const node = queue[next]!
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      if (isStrong(node, edge)) take(edgeTargets[edge]!, first[node]!)
    }
  }
  return holders
    .map((holder, index) => ({ holder, bytes: bytes[index]! }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, mostHolders)
    .map(({ holder }) => holder)
}

/** Which holders lead to each node, a bit a holder. A node goes round again as long as it learns of another. */
function spread(
  { nodeCount, firstEdges, edgeTargets }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
  holders: readonly Holder[],
): { low: Uint32Array; high: Uint32Array } {
  const low = new Uint32Array(nodeCount)
  const high = new Uint32Array(nodeCount)
  const waiting = new Uint8Array(nodeCount)
  const queue: number[] = []
  const add = (node: number, toLow: number, toHigh: number): void => {
    if (ages[node] === old || ages[node] === dead) return
    const newLow = (low[node]! | toLow) >>> 0
    const newHigh = (high[node]! | toHigh) >>> 0
    if (newLow === low[node] && newHigh === high[node]) return
    low[node] = newLow
    high[node] = newHigh
    if (waiting[node] === 1) return
    waiting[node] = 1
    queue.push(node)
  }
  holders.forEach(({ edges }, index) => {
    const bit = 1 << (index & 31)
    for (const edge of edges) add(edgeTargets[edge]!, index < 32 ? bit : 0, index < 32 ? 0 : bit)
  })
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    waiting[node] = 0
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      if (isStrong(node, edge)) add(edgeTargets[edge]!, low[node]!, high[node]!)
    }
  }
  return { low, high }
}

function bits(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Operations between snapshots: one number with two snapshots, two with three. */
export type Intervals = readonly [number] | readonly [number, number]

/** @returns the sum of all intervals */
export function totalOf(intervals: Intervals): number {
  return intervals[0] + (intervals[1] ?? 0)
}

/**
 * Whether growth in each interval was alike, per operation: within a factor of `tolerance`, and one more or less is chance.
 * `null` with one interval, which has nothing to compare with.
 */
export function isProportional(
  growth: readonly number[],
  intervals: Intervals,
  tolerance: number = 2,
): boolean | null {
  if (intervals.length === 1) return null
  const [first = 0, second = 0] = growth
  if (first <= 0 || second <= 0) return false
  return (
    first / intervals[0] <= (tolerance * (second + 1)) / intervals[1] &&
    second / intervals[1] <= (tolerance * (first + 1)) / intervals[0]
  )
}

/** Types of nodes that V8 has of its own: code, hidden classes, tables. */
const ownTypes = new Set(['code', 'hidden', 'object shape', 'synthetic'])

/** Of V8's own it takes as many in each interval, and one in so many operations: programs go on warming up for long. */
const fewestOfOwn = 8
const operationsForOwn = 4

/** {@link isProportional} of the nodes of a class. */
export function isProportionalClass(
  type: string,
  growth: readonly number[],
  intervals: Intervals,
): boolean | null {
  const proportional = isProportional(growth, intervals)
  if (proportional !== true || !ownTypes.has(type)) return proportional
  return growth.every(
    (step, index) => step >= Math.max(fewestOfOwn, (intervals[index] ?? 0) / operationsForOwn),
  )
}

/**
 * Sorts what grew with operations before what may have, and that before what did not; of what grew, what programs made before
 * what V8 keeps about them.
 */
export function rank(proportional: boolean | null, type?: string): number {
  if (proportional === null) return 1
  if (!proportional) return 0
  return type !== undefined && ownTypes.has(type) ? 2 : 3
}

/** Differences between neighbours. */
export function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0))
}
