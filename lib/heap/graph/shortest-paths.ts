import type { SnapshotColumns } from '../snapshot-columns.js'
import { createConsoleHandles } from './console-handles.js'

/** No edge: the node is the root, or nothing keeps it alive. */
export const noEdge = 0xffffffff

/**
 * By node the edge that its path from the root ends with, {@link noEdge} where there is none.
 *
 * A search breadth first, once for each of {@link edgeRanks}: first over what programs hold things with, and where that leads
 * nowhere from there on over what is less telling. So a path is the shortest among those whose least telling step is as
 * telling as can be.
 */
export function createShortestPaths(columns: SnapshotColumns): Uint32Array {
  const { nodeCount, edgeTargets, firstEdges } = columns
  const ranksOf = createEdgeRanks(columns)
  const reachedBy = new Uint32Array(nodeCount).fill(noEdge)
  const reached = new Uint32Array(nodeCount)
  const isUnfinished = new Uint8Array(nodeCount).fill(1)
  let length = Math.min(1, nodeCount)
  for (let allowed = 0; allowed < edgeRanks.weak && length < nodeCount; allowed++) {
    for (let next = 0; next < length; next++) {
      const node = reached[next]!
      if (isUnfinished[node] === 0) continue
      isUnfinished[node] = 0
      const rank = ranksOf(node)
      for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
        const target = edgeTargets[edge]!
        if (reachedBy[target] !== noEdge || target === 0) continue
        if (rank(edge) > allowed) {
          isUnfinished[node] = 1
          continue
        }
        reachedBy[target] = edge
        reached[length++] = target
      }
    }
  }
  return reachedBy
}

/**
 * How telling a step is as an answer to what keeps something alive, the most telling first.
 *
 * - `held`: variables, properties, elements, tables, from what outlives a call.
 * - `described`: prototypes, shapes, code. An object leads to its class that way, and from there to its module: true, but
 *   rarely the reason.
 * - `momentary`: what the call holds that took the snapshot, V8's own caches, the console of DevTools.
 * - `doubled`: V8 writes a value in a WeakMap as an edge of its key and once more as one of the table; the key decides.
 * - `weak`: keeps nothing alive.
 */
const edgeRanks = { held: 0, described: 1, momentary: 2, doubled: 3, weak: 4 } as const

/** Gives, for a node, what ranks its edges. */
function createEdgeRanks(columns: SnapshotColumns): (node: number) => (edge: number) => number {
  const { edgeTypes, edgeNames, edgeTargets, firstEdges, nodeTypes, nodeNames, strings } = columns
  const { held, described, doubled, weak } = edgeRanks
  const edgeType = (name: string): number => columns.edgeTypeNames.indexOf(name)
  const nodeType = (name: string): number => columns.nodeTypeNames.indexOf(name)
  const [weakType, internal, property] = [edgeType('weak'), edgeType('internal'), edgeType('property')]
  const [array, code, shape] = [nodeType('array'), nodeType('code'), nodeType('object shape')]
  const [prototype, mapEdge] = [strings.indexOf('__proto__'), strings.indexOf('map')]
  // A cell holds the value of what a module exports; V8 counts it among the shapes.
  const [cell, map] = [strings.indexOf('system / Cell'), strings.indexOf('system / Map')]
  const rootRanks = createRootRanks(columns)

  const isDescription = (node: number): boolean => {
    const type = nodeTypes[node]!
    if (type === shape) return nodeNames[node] !== cell
    return type === code || nodeNames[node] === map
  }
  const rank = (edge: number): number => {
    const type = edgeTypes[edge]!
    if (type === weakType) return weak
    if (type === property && edgeNames[edge] === prototype) return described
    return isDescription(edgeTargets[edge]!) ? described : held
  }
  const rankInTable = (edge: number): number =>
    edgeTypes[edge] === internal && edgeNames[edge] !== mapEdge ? doubled : rank(edge)

  const pairs = new Map<number, boolean>()
  const isPair = (name: number): boolean => {
    let pair = pairs.get(name)
    if (pair === undefined) {
      pair = strings.get(name).includes(' pair in WeakMap (table @')
      pairs.set(name, pair)
    }
    return pair
  }
  const isTableOfWeakMap = (node: number): boolean => {
    if (nodeTypes[node] !== array) return false
    for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
      if (edgeTypes[edge] !== internal || edgeNames[edge] === mapEdge) continue
      return isPair(edgeNames[edge]!)
    }
    return false
  }

  return node => {
    const rankAtRoot = rootRanks(node)
    if (rankAtRoot !== null) return edge => Math.max(rankAtRoot(edge), rank(edge))
    return isTableOfWeakMap(node) ? rankInTable : rank
  }
}

/** Of the categories below `(GC roots)` those that outlive a call and that programs fill. */
const lasting = new Set([
  '(Global handles)',
  '(Traced handles)',
  '(Eternal handles)',
  '(Micro tasks)',
  '(Wrapper tracing)',
])

/**
 * Ranks edges near the root: for the nodes there a function that ranks their edges, for all others `null`.
 *
 * What hangs on the root itself - global objects, native objects of Node and of the browser - is `held`, except stacks; below
 * `(GC roots)` only the handles that outlive a call are. The rest is the stack of the call that took the snapshot, and V8's
 * own tables of strings, builtins and code: `momentary`, as are handles of the console of DevTools.
 */
function createRootRanks(columns: SnapshotColumns): (node: number) => ((edge: number) => number) | null {
  const { edgeTargets, edgeTypes, firstEdges, nodeNames, nodeTypes, strings } = columns
  const { held, momentary } = edgeRanks
  const synthetic = columns.nodeTypeNames.indexOf('synthetic')
  const element = columns.edgeTypeNames.indexOf('element')
  const isOfConsole = createConsoleHandles(columns)
  const nameOf = (node: number): string =>
    nodeTypes[node] === synthetic ? strings.get(nodeNames[node]!) : ''
  const rankers = new Map<number, (edge: number) => number>()

  rankers.set(0, edge =>
    edgeTypes[edge] === element && /stack/i.test(nameOf(edgeTargets[edge]!)) ? momentary : held,
  )
  for (let edge = firstEdges[0] ?? 0; edge < (firstEdges[1] ?? 0); edge++) {
    const gcRoots = edgeTargets[edge]!
    if (nameOf(gcRoots) !== '(GC roots)') continue
    rankers.set(gcRoots, below => (lasting.has(nameOf(edgeTargets[below]!)) ? held : momentary))
    for (let below = firstEdges[gcRoots]!; below < firstEdges[gcRoots + 1]!; below++) {
      const category = edgeTargets[below]!
      if (nameOf(category) !== '(Global handles)') continue
      rankers.set(category, handle => (isOfConsole(handle) ? momentary : held))
    }
  }
  return node => (node === 0 || nodeTypes[node] === synthetic ? (rankers.get(node) ?? null) : null)
}
