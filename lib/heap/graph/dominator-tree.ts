import { type IsEssential, essentialEdges } from './essential-edges.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

interface DominatorTree {
  /** Immediate dominator by node; the root's is itself. */
  readonly dominators: Uint32Array
  /** Bytes by node: its own, and those of all that it dominates. */
  readonly retainedSizes: Float64Array
}

/** Dominators and retained sizes over {@link essentialEdges}; what the root does not reach counts as referred to by it. */
export function createDominatorTree(columns: SnapshotColumns): DominatorTree {
  const isEssential = essentialEdges(columns)
  const numbered = numberNodes(columns, isEssential)
  const dominatorsByNumber = findDominators(numbered, predecessors(columns, numbered, isEssential))
  const { nodeCount } = columns
  const dominators = new Uint32Array(nodeCount)
  const retainedSizes = new Float64Array(columns.selfSizes)
  for (let number = nodeCount; number > 1; number--) {
    const node = numbered.nodes[number]!
    const dominator = numbered.nodes[dominatorsByNumber[number]!]!
    dominators[node] = dominator
    retainedSizes[dominator]! += retainedSizes[node]!
  }
  return { dominators, retainedSizes }
}

/** What refers to a node, as numbers. */
interface Predecessors {
  /** The least, of those below the node's own; the node's own where there is none. */
  readonly least: Uint32Array
  /** Those above the node's own: `higher` from `first[n]` up to, not including, `first[n + 1]`. */
  readonly first: Uint32Array
  readonly higher: Uint32Array
}

function predecessors(
  { nodeCount, firstEdges, edgeTargets }: SnapshotColumns,
  { nodes, numbers }: NodeNumbers,
  isEssential: IsEssential,
): Predecessors {
  const least = new Uint32Array(nodeCount + 1)
  for (let number = 1; number <= nodeCount; number++) least[number] = number
  const first = new Uint32Array(nodeCount + 2)
  const forEachEdge = (visit: (from: number, to: number) => void): void => {
    for (let number = 1; number <= nodeCount; number++) {
      const node = nodes[number]!
      for (let edge = firstEdges[node]!, end = firstEdges[node + 1]!; edge < end; edge++) {
        if (isEssential(node, edge)) visit(number, numbers[edgeTargets[edge]!]!)
      }
    }
  }
  forEachEdge((from, to) => {
    if (from > to) first[to]!++
    else if (from < least[to]!) least[to] = from
  })
  for (let number = 0, sum = 0; number < first.length; number++) {
    sum += first[number]!
    first[number] = sum
  }
  const higher = new Uint32Array(first[nodeCount + 1]!)
  forEachEdge((from, to) => {
    if (from > to) higher[--first[to]!] = from
  })
  return { least, first, higher }
}

/**
 * Immediate dominators by number, as numbers: the simple variant of Lengauer and Tarjan, A fast algorithm for finding
 * dominators in a flowgraph, TOPLAS 1 (1979), <https://doi.org/10.1145/357062.357071>. Nodes of which each is only referred to
 * by others of them have no place in that algorithm; for these it does what memlab's does, step for step.
 */
function findDominators(
  { parents, firstOfCliques }: NodeNumbers,
  { least, first, higher }: Predecessors,
): Uint32Array {
  const count = parents.length - 1
  // Parents become ancestors as paths are shortened, which touches numbers above the current one only.
  const ancestors = parents
  const semis = least
  const labels = new Uint32Array(count + 1)
  for (let number = 1; number <= count; number++) labels[number] = number
  const stack = new Uint32Array(count + 1)
  // A number waits in the bucket of its semidominator; until its dominator is known, `dominators` names the next in there.
  const buckets = new Uint32Array(count + 1)
  const dominators = new Uint32Array(count + 1)
  let lowestLinked = count + 1

  const evaluate = (number: number): number => {
    if (number < lowestLinked) return number
    let height = 0
    for (let at = number; ancestors[at]! >= lowestLinked; at = ancestors[at]!) stack[height++] = at
    while (height > 0) {
      const at = stack[--height]!
      const ancestor = ancestors[at]!
      if (semis[labels[ancestor]!]! < semis[labels[at]!]!) labels[at] = labels[ancestor]!
      ancestors[at] = ancestors[ancestor]!
    }
    return labels[number]!
  }

  for (let number = count; number > 1; number--) {
    const parent = parents[number]!
    let semi = semis[number]!
    const end = first[number + 1]!
    // What is found from the root as if it referred to it.
    if (semi === number && (number < firstOfCliques || first[number] === end)) semi = 1
    for (let at = first[number]!; at < end; at++) semi = Math.min(semi, semis[evaluate(higher[at]!)]!)
    semis[number] = semi
    dominators[number] = buckets[semi]!
    buckets[semi] = number
    lowestLinked = number
    for (let waiting = buckets[parent]!; waiting !== 0;) {
      const next = dominators[waiting]!
      const lowest = evaluate(waiting)
      dominators[waiting] = semis[lowest]! < semis[waiting]! ? lowest : parent
      waiting = next
    }
    buckets[parent] = 0
  }

  for (let number = firstOfCliques; number <= count; number++) emptyBucket(number, buckets, dominators)
  dominators[0] = 1
  dominators[1] = 1
  for (let number = 2; number <= count; number++) {
    const dominator = dominators[number]!
    if (dominator !== semis[number]) dominators[number] = dominators[dominator]!
  }
  return dominators
}

/** What still waits has no dominator of its own. */
function emptyBucket(number: number, buckets: Uint32Array, dominators: Uint32Array): void {
  for (let waiting = buckets[number]!; waiting !== 0;) {
    const next = dominators[waiting]!
    dominators[waiting] = 0
    waiting = next
  }
}

/** Nodes numbered from 1 in the order that a search depth first finds them; 0 is no node. */
interface NodeNumbers {
  /** Node by number. */
  readonly nodes: Uint32Array
  /** Number by node. */
  readonly numbers: Uint32Array
  /** Number that a number was found from; the root's is 0. */
  readonly parents: Uint32Array
  /** Numbers from here on belong to nodes that only one another refer to; above all numbers where there are none. */
  readonly firstOfCliques: number
}

/**
 * Numbers all nodes: first what the root reaches, then what hangs on nodes that only weak edges and shortcuts lead to, then
 * the rest in order. The last two are found from the root, as if it referred to them.
 */
function numberNodes(columns: SnapshotColumns, isEssential: IsEssential): NodeNumbers {
  const { nodeCount, firstEdges, edgeTargets } = columns
  const nodes = new Uint32Array(nodeCount + 1)
  const numbers = new Uint32Array(nodeCount)
  const parents = new Uint32Array(nodeCount + 1)
  const nextEdges = new Uint32Array(nodeCount + 1)
  let count = 0

  const add = (node: number, parent: number): void => {
    count++
    nodes[count] = node
    numbers[node] = count
    parents[count] = parent
    nextEdges[count] = firstEdges[node]!
  }
  const search = (from: number, parent: number): void => {
    add(from, parent)
    const start = count
    for (let number = start; number >= start && number !== 0;) {
      const node = nodes[number]!
      const end = firstEdges[node + 1]!
      let edge = nextEdges[number]!
      while (edge < end && (numbers[edgeTargets[edge]!] !== 0 || !isEssential(node, edge))) edge++
      nextEdges[number] = edge + 1
      if (edge < end) {
        add(edgeTargets[edge]!, number)
        number = count
      } else {
        number = parents[number]!
      }
    }
  }

  if (nodeCount > 0) search(0, 0)
  if (count < nodeCount) {
    const referredTo = markReferredTo(columns)
    for (let node = 0; node < nodeCount; node++) {
      if (numbers[node] === 0 && referredTo[node] === 0) search(node, 1)
    }
  }
  const firstOfCliques = count + 1
  for (let node = 0; count < nodeCount; node++) {
    if (numbers[node] === 0) add(node, 1)
  }
  return { nodes, numbers, parents, firstOfCliques }
}

/** Marks nodes that an edge leads to which is neither weak nor a shortcut. */
function markReferredTo({
  nodeCount,
  edgeCount,
  edgeTypes,
  edgeTargets,
  edgeTypeNames,
}: SnapshotColumns): Uint8Array {
  const weak = edgeTypeNames.indexOf('weak')
  const shortcut = edgeTypeNames.indexOf('shortcut')
  const marks = new Uint8Array(nodeCount)
  for (let edge = 0; edge < edgeCount; edge++) {
    if (edgeTypes[edge] !== weak && edgeTypes[edge] !== shortcut) marks[edgeTargets[edge]!] = 1
  }
  return marks
}
