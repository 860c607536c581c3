import { createEdgeFinder, typeOf } from '../snapshot-columns.js'
import type { GrowingContainer } from '../heap-diff.js'
import type { HeapSnapshot } from '../heap-snapshot.js'
import { dead, old } from './held-nodes.js'
import { type Intervals, isProportional, steps, totalOf } from './leak-shares.js'

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

/** How much a container holds. */
interface ContainerSize {
  readonly kind: GrowingContainer['kind']
  readonly entries: number
  /** From the room for entries: they have no edges, as small numbers have none. */
  readonly isEstimate: boolean
}

/** Says how much an object holds; `null` for what is no container. */
type ContainerSizes = (node: number) => ContainerSize | null

/** Part of the room that is in use on average, as V8 grows its tables: at once to the double, to one and a half, to the triple. */
const use = { table: 0.75, elements: 0.83, properties: 0.5 }

/** Words of 8 bytes, of 4 with compressed pointers. */
const wordBytes = [8, 4]

/**
 * Reads sizes from the edges of V8's tables: entries of Maps and Sets have a key (a value), and a number in the chain; a table of
 * b buckets has b + 3 words before its 2b entries. Dictionaries have three words an entry.
 */
function createContainerSizes(snapshot: HeapSnapshot): ContainerSizes {
  const { columns } = snapshot
  const { firstEdges, edgeTypes, edgeNames, selfSizes, nodeTypes, strings } = columns
  const [internal, element, weak] = ['internal', 'element', 'weak'].map(name =>
    typeOf(columns.edgeTypeNames, name),
  )
  const object = typeOf(columns.nodeTypeNames, 'object')
  const array = typeOf(columns.nodeTypeNames, 'array')
  const finder = createEdgeFinder(columns)
  const [tableName, elementsName, propertiesName, mapName] = ['table', 'elements', 'properties', 'map'].map(
    name => strings.indexOf(name),
  ) as [number, number, number, number]

  const slotsOf = (store: number): number[] => {
    const slots: number[] = []
    for (let edge = firstEdges[store]!; edge < firstEdges[store + 1]!; edge++) {
      if (edgeTypes[edge] !== internal || edgeNames[edge] === mapName) continue
      const slot = Number(strings.get(edgeNames[edge]!))
      if (Number.isInteger(slot)) slots.push(slot)
    }
    return slots
  }
  const count = (from: number, type: number | undefined, except: number): number => {
    let found = 0
    for (let edge = firstEdges[from]!; edge < firstEdges[from + 1]!; edge++) {
      if (edgeTypes[edge] === type && edgeNames[edge] !== except) found++
    }
    return found
  }
  const sizeOf = (kind: ContainerSize['kind'], seen: number, room: number, part: number): ContainerSize => {
    const isEstimate = room * part > 4 * seen + 16
    return { kind, entries: isEstimate ? Math.round(room * part) : seen, isEstimate }
  }

  const ofTable = (node: number, table: number): ContainerSize | null => {
    if (nodeTypes[table] !== array) return null
    if (count(table, weak, -1) > 0) {
      const isSet = strings.get(columns.nodeNames[node]!).includes('Set')
      return {
        kind: isSet ? 'weak-set' : 'weak-map',
        entries: count(table, internal, mapName),
        isEstimate: false,
      }
    }
    const found = layoutOf(selfSizes[table]!)
    if (found === null) return null
    const { buckets, width } = found
    const entries = new Set(slotsOf(table).map(slot => Math.floor((slot - 3 - buckets) / width)))
    return sizeOf(width === 3 ? 'map' : 'set', entries.size, 2 * buckets, use.table)
  }

  return node => {
    if (nodeTypes[node] !== object) return null
    const table = finder.internal(node, tableName)
    if (table >= 0) return ofTable(node, table)
    const elements = finder.internal(node, elementsName)
    const room = elements < 0 ? 0 : Math.max(0, (selfSizes[elements]! - 16) / 8)
    const seen = count(node, element, -1)
    if (strings.get(columns.nodeNames[node]!) === 'Array') return sizeOf('array', seen, room, use.elements)
    const properties = finder.internal(node, propertiesName)
    if (properties < 0 || nodeTypes[properties] !== array || !snapshot.isDictionary(node)) {
      return seen === 0 ? null : { kind: 'object', entries: seen, isEstimate: false }
    }
    const keys = slotsOf(properties).filter(slot => slot % 3 === 0).length
    const named = sizeOf('object', keys, Math.max(0, (selfSizes[properties]! - 72) / 24), use.properties)
    return { ...named, entries: named.entries + seen }
  }
}

/** Buckets of an ordered table by its size, and the words of an entry: three in a Map, two in a Set. */
function layoutOf(bytes: number): { buckets: number; width: 2 | 3 } | null {
  for (const word of wordBytes) {
    for (const width of [3, 2] as const) {
      const buckets = (bytes - 2 * word - 3 * word) / (word * (1 + 2 * width))
      if (buckets >= 1 && Number.isInteger(Math.log2(buckets))) return { buckets, width }
    }
  }
  return null
}
