import type { SnapshotColumns } from '../snapshot-columns.js'

/** Finds the node with an object id, -1 where there is none; of several with one id the first. */
export function createNodeIds({ nodeIds, nodeCount }: SnapshotColumns): (id: number) => number {
  // Open addressing, at most half full; a slot holds a node's position plus one.
  const bits = Math.max(4, 33 - Math.clz32(nodeCount))
  const slots = new Uint32Array(2 ** bits)
  const mask = slots.length - 1
  const shift = 32 - bits
  const slotOf = (id: number): number => {
    let slot = Math.imul(id, 0x9e3779b1) >>> shift
    for (let held = slots[slot]!; held !== 0 && nodeIds[held - 1] !== id; held = slots[slot]!) {
      slot = (slot + 1) & mask
    }
    return slot
  }
  for (let node = 0; node < nodeCount; node++) {
    const slot = slotOf(nodeIds[node]!)
    if (slots[slot] === 0) slots[slot] = node + 1
  }
  return id => slots[slotOf(id)]! - 1
}
