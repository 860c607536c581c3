import type { GrowingClass } from '../heap-diff.js'
import type { HeapSnapshot } from '../heap-snapshot.js'
import { isProportional, isProportionalClass, rank, steps, totalOf } from './proportion.js'
import type { Intervals } from './proportion.js'

/** Classes that grew in each interval. */
export function findGrowingClasses(snapshots: readonly HeapSnapshot[], intervals: Intervals): GrowingClass[] {
  const earlier = snapshots
    .slice(0, -1)
    .map(snapshot => new Map(snapshot.classes().map(entry => [entry.key, entry])))
  const growing: GrowingClass[] = []
  for (const entry of snapshots[snapshots.length - 1]!.classes()) {
    const all = [...earlier.map(classes => classes.get(entry.key)), entry]
    const counts = all.map(each => each?.count ?? 0)
    const sizesBytes = all.map(each => each?.selfSizeBytes ?? 0)
    const byCount = steps(counts)
    const bySize = steps(sizesBytes)
    const grewInCount = byCount.every(step => step > 0)
    if (!grewInCount && !bySize.every(step => step > 0)) continue
    growing.push({
      class: entry,
      counts,
      sizesBytes,
      perOperation: sum(byCount) / totalOf(intervals),
      bytesPerOperation: sum(bySize) / totalOf(intervals),
      isProportional: grewInCount
        ? isProportionalClass(entry.type, byCount, intervals)
        : isProportional(bySize, intervals),
    })
  }
  return growing.sort(
    (a, b) =>
      rank(b.isProportional, b.class.type) - rank(a.isProportional, a.class.type) ||
      b.bytesPerOperation - a.bytesPerOperation,
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
