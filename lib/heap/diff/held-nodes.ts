import { type SnapshotColumns, typeOf } from '../snapshot-columns.js'
import { IsolateLeakError } from '../../errors.js'
import type { HeapSnapshot } from '../heap-snapshot.js'

/** What a holder leads to. */
export interface HeldNodes {
  /** Added nodes, nearest first. */
  readonly nodes: Uint32Array
  /** Steps from the holder, by position in `nodes`. */
  readonly depths: Uint32Array
  readonly sizeBytes: number
  /** Edges from the holder to a node of `nodes`. */
  wayTo(node: number): number[]
}

/** Looks through what holders lead to, one after the other: what was found lasts until the next. */
export function createHeldNodes(
  { nodeCount, firstEdges, edgeTargets, selfSizes }: SnapshotColumns,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
): (edges: readonly number[]) => HeldNodes {
  const by = new Uint32Array(nodeCount)
  const seen = new Uint32Array(nodeCount)
  const from = new Uint32Array(nodeCount)
  const queue = new Uint32Array(nodeCount)
  const depths = new Uint32Array(nodeCount)
  let turn = 0
  return edges => {
    turn++
    let length = 0
    let sizeBytes = 0
    const take = (edge: number, parent: number, depth: number): void => {
      const node = edgeTargets[edge]!
      if (seen[node] === turn || ages[node] === old || ages[node] === dead) return
      seen[node] = turn
      by[node] = edge
      from[node] = parent
      depths[length] = depth
      queue[length++] = node
      sizeBytes += selfSizes[node]!
    }
    // Node 0 is the root, and never added: it stands for the holder.
    for (const edge of edges) take(edge, 0, 1)
    for (let next = 0; next < length; next++) {
      const node = queue[next]!
      for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
        if (isStrong(node, edge)) take(edge, node, depths[next]! + 1)
      }
    }
    return {
      nodes: queue.slice(0, length),
      depths: depths.slice(0, length),
      sizeBytes,
      wayTo(node) {
        const way: number[] = []
        for (let at = node; at !== 0; at = from[at]!) way.push(by[at]!)
        return way.reverse()
      },
    }
  }
}

/** Age of a node: there from the first snapshot on, or since the n-th interval. */
export const old = 0

/** Node of the last snapshot that nothing keeps alive. */
export const dead = 255

/** So many nodes of an id may turn out to be something else, of a hundred. */
const mostChanged = 5

/**
 * In which interval each node of the last snapshot appeared: 0 it was there, 1, 2. By V8's object ids, which are an object's
 * own for as long as one session of the inspector stays connected, or with `v8.writeHeapSnapshot`.
 *
 * What Node reports of its own C++ objects has new ids in each snapshot. Of such a name, as many as there were are old.
 *
 * @throws IsolateLeakError `ERR_SNAPSHOT_UNRELATED` where the ids are not of the same objects
 */
export function createAges(snapshots: readonly HeapSnapshot[]): Uint8Array {
  const last = snapshots[snapshots.length - 1]!
  const { nodeIds, nodeCount, nodeTypes, nodeTypeNames } = last.columns
  const ages = new Uint8Array(nodeCount)
  const earlier = snapshots.slice(0, -1)
  const outside = ['native', 'synthetic'].map(name => typeOf(nodeTypeNames, name))
  let common = 0
  let changed = 0
  const first = earlier[0]!
  for (let node = 0; node < nodeCount; node++) {
    let age = old
    for (; age < earlier.length; age++) {
      const there = earlier[age]!.nodeWithId(nodeIds[node]!)
      if (there < 0) continue
      if (age === old) {
        common++
        const { nodeTypes: types, nodeTypeNames: names } = first.columns
        if (names[types[there]!] !== nodeTypeNames[nodeTypes[node]!]) changed++
      }
      break
    }
    ages[node] = age
  }
  if (common === 0 || changed * 100 > common * mostChanged) {
    throw new IsolateLeakError(
      'ERR_SNAPSHOT_UNRELATED',
      `expected snapshots of one process with the same object ids; of ${String(common)} ids that the first and the last have in common, ` +
        `${String(changed)} are objects of different types. Ids last as long as the session that took the snapshots`,
    )
  }
  for (let node = 0; node < nodeCount; node++) {
    if (ages[node] !== old && outside.includes(nodeTypes[node]!)) {
      const kind = last.classOf(node)
      const before = countOfKey(first, kind.key)
      if (kind.count <= before) ages[node] = old
    }
  }
  return ages
}

const counts = new WeakMap<HeapSnapshot, Map<string, number>>()

function countOfKey(snapshot: HeapSnapshot, key: string): number {
  let known = counts.get(snapshot)
  if (known === undefined) {
    known = new Map(snapshot.classes().map(({ key: own, count }) => [own, count]))
    counts.set(snapshot, known)
  }
  return known.get(key) ?? 0
}
