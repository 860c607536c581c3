import type { GrowingContainer, HeapDiff, HeapDiffOptions } from '../heap-diff.js'
import type { HeapClass, HeapSnapshot } from '../heap-snapshot.js'
import { once } from '../once.js'
import { createAges, dead, old } from './ages.js'
import { findClusters } from './find-clusters.js'
import { findGrowingClasses } from './growing-classes.js'
import { findGrowingContainers } from './growing-containers.js'
import { heldByClass } from './held-by-class.js'
import { findHolders } from './holders.js'
import { shareLeaks } from './leak-shares.js'
import { markDead } from './mark-dead.js'
import { rank, steps } from './proportion.js'
import type { Intervals } from './proportion.js'
import { createStrongEdges } from './strong-edges.js'

/**
 * What grew between two or three snapshots of one process, and what holds it. With three, what grew in proportion to operations is
 * told from what came once: give the operations between them, and take the first when the process is warm.
 *
 * The snapshots must come from one session of the inspector that stayed connected, or from `v8.writeHeapSnapshot`: V8's object ids
 * are what tells old objects from added ones, and end with the session.
 *
 * @throws IsolateLeakError `ERR_SNAPSHOT_UNRELATED` for snapshots whose object ids do not belong together
 * @throws RangeError for operations that are not numbers above zero, one an interval
 */
export function diffHeapSnapshots(
  a: HeapSnapshot,
  b: HeapSnapshot,
  c?: HeapSnapshot,
  options: HeapDiffOptions = {},
): HeapDiff {
  const snapshots = c === undefined ? [a, b] : [a, b, c]
  const last = c ?? b
  const intervals = readIntervals(snapshots.length - 1, options.operations)
  const ages = createAges(snapshots)
  const isStrong = createStrongEdges(last.columns)
  markDead(last.columns, isStrong, ages)
  const holders = shareLeaks(last.columns, isStrong, ages, findHolders(last, isStrong, ages))
  const found = findGrowingContainers(snapshots, ages, intervals)
  const shares = new Map(
    holders.flatMap(({ nodes, leakShareBytes }) => nodes.map(node => [node, leakShareBytes])),
  )
  const growthOf = createClassGrowth(snapshots)
  const held = once(() => heldByClass(last, ages))
  return {
    added: countAdded(last, ages),
    classes: findGrowingClasses(snapshots, intervals),
    containers: found
      .map((container): GrowingContainer => ({
        ...container,
        leakShareBytes: shares.get(container.node) ?? 0,
      }))
      .sort(
        (one, other) =>
          rank(other.isProportional) - rank(one.isProportional) || other.leakShareBytes - one.leakShareBytes,
      ),
    clusters: findClusters({
      snapshot: last,
      isStrong,
      ages,
      intervals,
      holders,
      containers: found,
      growthOf,
    }),
    heldBytes: of => held().get(of) ?? 0,
  }
}

function readIntervals(count: number, operations: HeapDiffOptions['operations']): Intervals {
  const [first, second] = operations ?? [1, 1]
  const given = count === 1 ? [first] : [first, second]
  for (const each of given) {
    if (typeof each !== 'number' || !Number.isFinite(each) || each <= 0) {
      throw new RangeError(
        `expected the operations of ${String(count)} interval${count === 1 ? '' : 's'}, numbers above 0, got ${String(each)}`,
      )
    }
  }
  return given as unknown as Intervals
}

function createClassGrowth(snapshots: readonly HeapSnapshot[]): (of: HeapClass) => readonly number[] {
  const counts = snapshots.map(snapshot => new Map(snapshot.classes().map(({ key, count }) => [key, count])))
  return ({ key }) => steps(counts.map(each => each.get(key) ?? 0))
}

function countAdded(last: HeapSnapshot, ages: Uint8Array): HeapDiff['added'] {
  let count = 0
  let sizeBytes = 0
  ages.forEach((age, node) => {
    if (age === old || age === dead) return
    count++
    sizeBytes += last.columns.selfSizes[node]!
  })
  return { count, sizeBytes }
}
