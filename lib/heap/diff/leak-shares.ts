import type { SnapshotColumns } from '../snapshot-columns.js'
import { dead, old } from './ages.js'
import type { Holder } from './holders.js'

/** Shares are worked out for so many holders. */
export const mostHolders = 64

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
