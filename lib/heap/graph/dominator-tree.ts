import { type IsEssential, essentialEdges } from './essential-edges.js'
import { type NodeNumbers, numberNodes } from './number-nodes.js'
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
