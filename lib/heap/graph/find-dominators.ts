import type { NodeNumbers } from './number-nodes.js'
import type { Predecessors } from './dominator-tree.js'

/**
 * Immediate dominators by number, as numbers: the simple variant of Lengauer and Tarjan, A fast algorithm for finding
 * dominators in a flowgraph, TOPLAS 1 (1979), <https://doi.org/10.1145/357062.357071>. Nodes of which each is only referred to
 * by others of them have no place in that algorithm; for these it does what memlab's does, step for step.
 */
export function findDominators(
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
