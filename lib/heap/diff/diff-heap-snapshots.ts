import type { GrowingClass, GrowingContainer, HeapDiff, HeapDiffOptions } from '../heap-diff.js'
import type { HeapClass, HeapSnapshot } from '../heap-snapshot.js'
import { once } from '../read-options.js'
import { createAges, dead, old } from './held-nodes.js'
import { findClusters } from './find-clusters.js'
import { findGrowingContainers } from './growing-containers.js'
import { findHolders, heldByClass } from './holders.js'
import {
  shareLeaks,
  type Intervals,
  isProportional,
  isProportionalClass,
  rank,
  steps,
  totalOf,
} from './leak-shares.js'
import { type SnapshotColumns, typeOf } from '../snapshot-columns.js'
import { createConsoleHandles } from '../graph/console-handles.js'

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

/** Marks in `ages` what the root does not reach over edges that keep alive. */
function markDead(
  { nodeCount, firstEdges, edgeTargets }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
): void {
  const reached = new Uint8Array(nodeCount)
  const stack = new Uint32Array(nodeCount)
  let height = 0
  if (nodeCount > 0) {
    reached[0] = 1
    stack[height++] = 0
  }
  while (height > 0) {
    const node = stack[--height]!
    for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
      const target = edgeTargets[edge]!
      if (reached[target] === 1 || !isStrong(node, edge)) continue
      reached[target] = 1
      stack[height++] = target
    }
  }
  for (let node = 0; node < nodeCount; node++) if (reached[node] === 0) ages[node] = dead
}

/** Classes that grew in each interval. */
function findGrowingClasses(snapshots: readonly HeapSnapshot[], intervals: Intervals): GrowingClass[] {
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

/**
 * Whether an edge keeps its target alive by itself. Weak ones do not; nor do shortcuts, which repeat others; nor do those from the
 * table of a WeakMap to its values: those live as long as their keys, and V8 writes an edge from each key as well; nor does V8's
 * own table of strings; nor do handles of the console of DevTools, which are there because somebody looks.
 */
function createStrongEdges(columns: SnapshotColumns): (from: number, edge: number) => boolean {
  const { nodeCount, nodeTypes, firstEdges, edgeTypes, edgeNames, edgeTargets } = columns
  const weak = typeOf(columns.edgeTypeNames, 'weak')
  const shortcut = typeOf(columns.edgeTypeNames, 'shortcut')
  const internal = typeOf(columns.edgeTypeNames, 'internal')
  const object = typeOf(columns.nodeTypeNames, 'object')
  const tableName = columns.strings.indexOf('table')
  const mapName = columns.strings.indexOf('map')
  const weakTables = new Set<number>()
  const stringTableName = columns.strings.indexOf('(Internalized strings)')
  const synthetic = typeOf(columns.nodeTypeNames, 'synthetic')
  const isWeakTable = (table: number): boolean => {
    for (let edge = firstEdges[table]!; edge < firstEdges[table + 1]!; edge++) {
      if (edgeTypes[edge] === weak) return true
    }
    return false
  }
  for (let node = 0; node < nodeCount; node++) {
    if (nodeTypes[node] !== object) continue
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      if (edgeNames[edge] !== tableName || edgeTypes[edge] !== internal) continue
      if (isWeakTable(edgeTargets[edge]!)) weakTables.add(edgeTargets[edge]!)
    }
  }
  const handlesName = columns.strings.indexOf('(Global handles)')
  const isOfConsole = createConsoleHandles(columns)
  let stringTable = -1
  let globalHandles = -1
  for (let edge = firstEdges[0] ?? 0; edge < (firstEdges[1] ?? 0); edge++) {
    const roots = edgeTargets[edge]!
    for (let inner = firstEdges[roots]!; inner < firstEdges[roots + 1]!; inner++) {
      const node = edgeTargets[inner]!
      if (nodeTypes[node] !== synthetic) continue
      if (columns.nodeNames[node] === stringTableName) stringTable = node
      if (columns.nodeNames[node] === handlesName) globalHandles = node
    }
  }
  return (from, edge) => {
    if (from === stringTable || (from === globalHandles && isOfConsole(edge))) return false
    const type = edgeTypes[edge]
    if (type === weak || (type === shortcut && from !== 0)) return false
    return type !== internal || !weakTables.has(from) || edgeNames[edge] === mapName
  }
}
