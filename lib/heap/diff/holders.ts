import { typeOf } from '../edges.js'
import type { HeapSnapshot } from '../heap-snapshot.js'
import { dead, old } from './ages.js'

/** What was there before and refers to what was added. */
export interface Holder {
  /** One object, or objects of one class where very many of it lead to something each. */
  readonly nodes: number[]
  /** Edges from it to what was added. */
  readonly edges: number[]
}

/** More objects of one class than this, and they are one holder. */
const mostOfClass = 16

/** Holders by their edges to added nodes. What V8 keeps for an object in an array or cell of its own counts as the object. */
export function findHolders(
  snapshot: HeapSnapshot,
  isStrong: (from: number, edge: number) => boolean,
  ages: Uint8Array,
): Holder[] {
  const { nodeCount, firstEdges, edgeTargets } = snapshot.columns
  const ownerOf = createOwners(snapshot)
  const holders = new Map<number, Holder>()
  for (let node = 0; node < nodeCount; node++) {
    if (ages[node] !== old) continue
    let holder: Holder | undefined
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      const age = ages[edgeTargets[edge]!]
      if (age === old || age === dead || !isStrong(node, edge)) continue
      if (holder === undefined) {
        const owner = ownerOf(node)
        holder = holders.get(owner)
        if (holder === undefined) holders.set(owner, (holder = { nodes: [owner], edges: [] }))
      }
      holder.edges.push(edge)
    }
  }
  return group(snapshot, [...holders.values()])
}

function group(snapshot: HeapSnapshot, holders: readonly Holder[]): Holder[] {
  const byClass = new Map<string, Holder[]>()
  for (const holder of holders) {
    const { key } = snapshot.classOf(holder.nodes[0]!)
    const same = byClass.get(key)
    if (same === undefined) byClass.set(key, [holder])
    else same.push(holder)
  }
  return [...byClass.values()].flatMap(same => {
    if (same.length <= mostOfClass) return same
    // One of them may be the one that matters, and the others what every object of the class has.
    const sorted = same.sort((a, b) => b.edges.length - a.edges.length)
    const median = sorted[sorted.length >> 1]!.edges.length
    const own = sorted.filter(({ edges }, index) => index < mostOfClass && edges.length > 4 * median)
    const rest = sorted.slice(own.length)
    return [...own, { nodes: rest.map(({ nodes }) => nodes[0]!), edges: rest.flatMap(({ edges }) => edges) }]
  })
}

/** Tables of Maps, backing stores, out-of-object properties, and, from Node 26 on, the cells of variables that change. */
function createOwners(snapshot: HeapSnapshot): (node: number) => number {
  const { columns } = snapshot
  const array = typeOf(columns.nodeTypeNames, 'array')
  const hidden = typeOf(columns.nodeTypeNames, 'hidden')
  return node => {
    const type = columns.nodeTypes[node]
    if (type !== array && type !== hidden) return node
    const owners = snapshot
      .retainers(node)
      .filter(({ type: by, name }) =>
        by === 'internal'
          ? name === 'table' || name === 'elements' || name === 'properties'
          : by === 'context',
      )
    return owners.length === 1 ? owners[0]!.from : node
  }
}
