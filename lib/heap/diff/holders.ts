import { typeOf } from '../snapshot-columns.js'
import type { HeapClass, HeapSnapshot } from '../heap-snapshot.js'
import { dead, old } from './held-nodes.js'

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

/**
 * Bytes of added nodes by class: its own, and of those that only its nodes lead to. What hangs on several counts for none of them.
 * Of objects in objects of one class the outer one counts for both.
 */
export function heldByClass(last: HeapSnapshot, ages: Uint8Array): ReadonlyMap<HeapClass, number> {
  const dominators = last.dominators()
  const { order, children, first } = preorder(dominators)
  const { selfSizes } = last.columns
  const isAdded = (node: number): boolean => ages[node] !== old && ages[node] !== dead
  const sizes = new Float64Array(dominators.length)
  for (let index = order.length - 1; index >= 0; index--) {
    const node = order[index]!
    if (isAdded(node)) sizes[node]! += selfSizes[node]!
    if (index > 0) sizes[dominators[node]!]! += sizes[node]!
  }
  const held = new Map<HeapClass, number>()
  const around = new Map<HeapClass, number>()
  // A node goes onto the stack once to be entered, and once more, as its complement, to be left.
  const stack: number[] = [0]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const isLeft = node < 0
    const at = isLeft ? ~node : node
    const own = isAdded(at) ? last.classOf(at) : null
    if (own !== null) {
      const depth = around.get(own) ?? 0
      if (!isLeft && depth === 0) held.set(own, (held.get(own) ?? 0) + sizes[at]!)
      around.set(own, depth + (isLeft ? -1 : 1))
    }
    if (isLeft) continue
    if (own !== null) stack.push(~at)
    for (let child = first[at]!; child < first[at + 1]!; child++) stack.push(children[child]!)
  }
  return held
}

/** Nodes in an order in which each comes after its dominator; the children of `n` from `first[n]` up to, not including, `first[n + 1]`. */
function preorder(dominators: Uint32Array): {
  readonly order: Uint32Array
  readonly children: Uint32Array
  readonly first: Uint32Array
} {
  const count = dominators.length
  const first = new Uint32Array(count + 1)
  for (let node = 1; node < count; node++) first[dominators[node]!]!++
  for (let node = 0, sum = 0; node <= count; node++) {
    sum += first[node]!
    first[node] = sum
  }
  const children = new Uint32Array(Math.max(0, count - 1))
  for (let node = count - 1; node > 0; node--) children[--first[dominators[node]!]!] = node
  const order = new Uint32Array(count)
  let length = Math.min(1, count)
  for (let next = 0; next < length; next++) {
    const node = order[next]!
    for (let child = first[node]!; child < first[node + 1]!; child++) order[length++] = children[child]!
  }
  return { order, children, first }
}
