import type { HeapClass, HeapSnapshot } from '../heap-snapshot.js'
import { dead, old } from './ages.js'

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
