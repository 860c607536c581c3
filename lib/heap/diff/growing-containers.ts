import { typeOf } from '../edges.js'
import type { GrowingContainer } from '../heap-diff.js'
import type { HeapSnapshot } from '../heap-snapshot.js'
import { dead, old } from './ages.js'
import { createContainerSizes } from './container-size.js'
import type { ContainerSize } from './container-size.js'
import { isProportional, steps, totalOf } from './proportion.js'
import type { Intervals } from './proportion.js'

/** Room grows by doubling: its steps differ more than those of entries. */
const roomTolerance = 4

/** Objects of the first snapshot that held more in each, in the order of the last. Shares are not in yet. */
export function findGrowingContainers(
  snapshots: readonly HeapSnapshot[],
  ages: Uint8Array,
  intervals: Intervals,
): Omit<GrowingContainer, 'leakShareBytes'>[] {
  const last = snapshots[snapshots.length - 1]!
  const first = snapshots[0]!
  const sizes = snapshots.map(createContainerSizes)
  const weights = [first, last].map(createWeights)
  const { nodeCount, nodeTypes, nodeIds } = last.columns
  const object = typeOf(last.columns.nodeTypeNames, 'object')
  const growing: Omit<GrowingContainer, 'leakShareBytes'>[] = []
  for (let node = 0; node < nodeCount; node++) {
    if (nodeTypes[node] !== object || ages[node] !== old || ages[node] === dead) continue
    const id = nodeIds[node]!
    const before = first.nodeWithId(id)
    if (before < 0 || weights[1]!(node) <= weights[0]!(before)) continue
    const size = sizes[sizes.length - 1]!(node)
    if (size === null) continue
    const all = snapshots.map((snapshot, index): ContainerSize => {
      const there = snapshot.nodeWithId(id)
      const own = there < 0 ? null : sizes[index]!(there)
      return own?.kind === size.kind ? own : { ...size, entries: 0, isEstimate: false }
    })
    const entries = all.map(each => each.entries)
    const growth = steps(entries)
    const grown = growth.reduce((sum, step) => sum + step, 0)
    const isEstimate = all.some(each => each.isEstimate)
    if (grown <= 0 || growth.some(step => (isEstimate ? step < 0 : step <= 0))) continue
    growing.push({
      node,
      id,
      kind: size.kind === 'array' && isListenerList(last, node) ? 'listeners' : size.kind,
      sizes: entries,
      isEstimate,
      perOperation: grown / totalOf(intervals),
      isProportional: !isEstimate
        ? isProportional(growth, intervals)
        : growth.some(step => step === 0)
          ? null
          : isProportional(growth, intervals, roomTolerance),
    })
  }
  return growing
}

/** Edges of an object and of the arrays it keeps its contents in, and their bytes: what does not grow needs no closer look. */
function createWeights({ columns }: HeapSnapshot): (node: number) => number {
  const { firstEdges, edgeTypes, edgeNames, edgeTargets, selfSizes, strings } = columns
  const internal = typeOf(columns.edgeTypeNames, 'internal')
  const stores = ['table', 'elements', 'properties'].map(name => strings.indexOf(name))
  return node => {
    let weight = firstEdges[node + 1]! - firstEdges[node]!
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      if (edgeTypes[edge] !== internal || !stores.includes(edgeNames[edge]!)) continue
      const store = edgeTargets[edge]!
      weight += firstEdges[store + 1]! - firstEdges[store]! + selfSizes[store]!
    }
    return weight
  }
}

/** Array of the listeners of an event: a property of what an EventEmitter calls `_events`. */
function isListenerList(snapshot: HeapSnapshot, node: number): boolean {
  return snapshot
    .retainers(node)
    .some(
      ({ type, from }) =>
        type === 'property' &&
        snapshot.retainers(from).some(({ type: by, name }) => by === 'property' && name === '_events'),
    )
}
