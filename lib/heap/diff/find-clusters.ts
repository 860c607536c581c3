import { edgeSource } from '../graph/essential-edges.js'
import type { AddedCluster, GrowingContainer } from '../heap-diff.js'
import type { HeapClass, HeapEdge, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'
import { createHeldNodes } from './held-nodes.js'
import { type SharedHolder, type Intervals, rank, totalOf } from './leak-shares.js'
import { type Unit, unitOf } from './unit-of.js'
import { createPackageFinder } from '../locate/package-of-script.js'

/** So many steps from the newest is far enough from what is still in use, and near enough to be read. */
const exampleOfChain = 3

/** The last old link of a chain leads to one or two added ones. */
const mostOfChain = 2

/** What clusters are made of. */
interface ClusterSources {
  readonly snapshot: HeapSnapshot
  readonly isStrong: (from: number, edge: number) => boolean
  readonly ages: Uint8Array
  readonly intervals: Intervals
  readonly holders: readonly SharedHolder[]
  readonly containers: readonly Omit<GrowingContainer, 'leakShareBytes'>[]
  readonly growthOf: (of: HeapClass) => readonly number[]
}

/** A cluster for each holder. */
export function findClusters(sources: ClusterSources): AddedCluster[] {
  const { snapshot, isStrong, ages, intervals, holders, growthOf } = sources
  const { columns } = snapshot
  const heldBy = createHeldNodes(columns, isStrong, ages)
  const containers = new Map(sources.containers.map(container => [container.node, container]))
  const clusters: AddedCluster[] = []
  for (const holder of holders) {
    const held = heldBy(holder.edges)
    const unit = unitOf(snapshot, held, ages, intervals, growthOf)
    if (unit === null) continue
    const example = exampleOf(unit, held.nodes, held.depths, ages)
    const way = held.wayTo(example)
    const from = edgeSource(columns, way[0]!)
    const before = snapshot.pathTo(from)
    if (before === null) continue
    const path = [...before, ...way.map(edge => describe(snapshot, edge))]
    const holderNode = holderOf(snapshot, holder, before, from, unit)
    const container = containers.get(holderNode)
    const isCounted = unit.isProportional === true || container === undefined
    clusters.push({
      holder: holderNode,
      path,
      oldSteps: before.length,
      example,
      count: unit.nodes.length,
      sizeBytes: held.sizeBytes,
      leakShareBytes: holder.leakShareBytes,
      isProportional: isCounted ? unit.isProportional : container.isProportional,
      perOperation: isCounted ? unit.nodes.length / totalOf(intervals) : container.perOperation,
      location: placeOfCluster(snapshot, { holder: holderNode, example, path, held: held.nodes }),
    })
  }
  const rankOf = ({ isProportional, example }: AddedCluster): number =>
    rank(isProportional, snapshot.node(example).type)
  return mergeClusters(snapshot, clusters).sort(
    (a, b) => rankOf(b) - rankOf(a) || b.leakShareBytes - a.leakShareBytes,
  )
}

/** The holder on the way; of a chain not its last old link, but what the chain hangs on. */
function holderOf(
  snapshot: HeapSnapshot,
  { nodes, edges }: SharedHolder,
  before: readonly HeapEdge[],
  from: number,
  unit: Unit,
): number {
  const own = new Set(nodes)
  const at = before.findLastIndex(({ to }) => own.has(to))
  if (at < 0) return from
  if (edges.length > mostOfChain) return before[at]!.to
  return before.slice(0, at + 1).findLast(({ to }) => snapshot.classOf(to) !== unit.class)?.to ?? from
}

/** A list that is held at both ends is one: what came later in `clusters`, by smaller share, adds to the first. */
function mergeClusters(snapshot: HeapSnapshot, clusters: readonly AddedCluster[]): AddedCluster[] {
  const merged = new Map<string, AddedCluster>()
  for (const cluster of clusters) {
    const key = `${String(cluster.holder)} ${snapshot.classOf(cluster.example).key}`
    const first = merged.get(key)
    merged.set(
      key,
      first === undefined
        ? cluster
        : { ...first, leakShareBytes: first.leakShareBytes + cluster.leakShareBytes },
    )
  }
  return [...merged.values()]
}

/** From the middle where many are equally near; a few links down a chain. Rather one that is there for longer. */
function exampleOf(unit: Unit, nodes: Uint32Array, depths: Uint32Array, ages: Uint8Array): number {
  const ofUnit = new Set(unit.nodes)
  const nearest: number[] = []
  nodes.forEach((node, index) => {
    if (depths[index] === unit.depth && ofUnit.has(node)) nearest.push(node)
  })
  if (nearest.length <= exampleOfChain) return unit.nodes[Math.min(exampleOfChain, unit.nodes.length - 1)]!
  const longer = nearest.filter(node => ages[node] === 1)
  const chosen = longer.length > 0 ? longer : nearest
  return chosen[chosen.length >> 1]!
}

function describe({ columns }: HeapSnapshot, edge: number): HeapEdge {
  const type = columns.edgeTypeNames[columns.edgeTypes[edge]!]!
  const name = columns.edgeNames[edge]!
  return {
    edge,
    type,
    name: type === 'element' || type === 'hidden' ? name : columns.strings.get(name),
    from: edgeSource(columns, edge),
    to: columns.edgeTargets[edge]!,
  }
}

/** So many classes of what is held are looked at for a place. */
const mostClasses = 20

/**
 * Where to look for who holds what was added. Retaining paths alone often end in Node's own code, so: the function itself where
 * functions are kept; else the first code on the way back from the holder, unless it is Node's; else what is kept and the way to
 * it; else the rest of the way back.
 */
function placeOfCluster(
  snapshot: HeapSnapshot,
  {
    holder,
    example,
    path,
    held,
  }: { holder: number; example: number; path: readonly HeapEdge[]; held: Uint32Array },
): SourceLocation | null {
  if (snapshot.node(example).type === 'closure') {
    const own = foreign(snapshot.location(example))
    if (own !== null) return own
  }
  const end = path.findIndex(({ to }) => to === holder)
  const back = path
    .slice(0, end + 1)
    .map(({ to }) => to)
    .reverse()
  const onTheWayBack = back
    .map(node => moduleOf(snapshot, node) ?? snapshot.location(node))
    .filter(place => place !== null)
  const [nearest] = onTheWayBack
  if (nearest !== undefined && foreign(nearest) !== null) return nearest
  for (const { to } of path.slice(end + 1).reverse()) {
    const place = foreign(snapshot.location(to))
    if (place !== null) return place
  }
  return placeOfLargest(snapshot, held) ?? onTheWayBack.find(place => foreign(place) !== null) ?? null
}

/** A CommonJS module is made by Node, but holds what its file exports: the start of that file. */
function moduleOf(snapshot: HeapSnapshot, node: number): SourceLocation | null {
  if (snapshot.node(node).name !== 'Module') return null
  const file = snapshot.references(node).find(({ type, name }) => type === 'property' && name === 'filename')
  if (file === undefined) return null
  const { type, name } = snapshot.node(file.to)
  if (type !== 'string') return null
  return { script: name, line: 1, column: 1, package: createPackageFinder()(name) }
}

function placeOfLargest(snapshot: HeapSnapshot, held: Uint32Array): SourceLocation | null {
  const bytes = new Map<ReturnType<HeapSnapshot['classOf']>, number>()
  for (const node of held) {
    const own = snapshot.classOf(node)
    bytes.set(own, (bytes.get(own) ?? 0) + snapshot.columns.selfSizes[node]!)
  }
  const largest = [...bytes].sort((a, b) => b[1] - a[1]).slice(0, mostClasses)
  for (const [own] of largest) {
    const place = foreign(own.location)
    if (place !== null) return place
  }
  return null
}

/** Not Node's own, and in a script that has a name. */
function foreign(place: SourceLocation | null): SourceLocation | null {
  return place === null || place.script === '' || place.script.startsWith('node:') ? null : place
}
