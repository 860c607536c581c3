const DIGIT_BITS = 16
const DIGITS = 1 << DIGIT_BITS

/** Positions of the keys in ascending order, equal ones in the order they come in: a radix sort of two digits. */
export function stableOrder(keys: Uint32Array): Uint32Array {
  const inOrder = new Uint32Array(keys.length)
  for (let position = 0; position < inOrder.length; position++) inOrder[position] = position
  return sortByDigit(keys, sortByDigit(keys, inOrder, 0), DIGIT_BITS)
}

function sortByDigit(keys: Uint32Array, order: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(DIGITS + 1)
  for (const key of keys) {
    const next = ((key >>> shift) & (DIGITS - 1)) + 1
    starts[next] = (starts[next] as number) + 1
  }
  for (let digit = 0; digit < DIGITS; digit++)
    starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number)
  const sorted = new Uint32Array(order.length)
  for (const position of order) {
    const digit = ((keys[position] as number) >>> shift) & (DIGITS - 1)
    const to = starts[digit] as number
    starts[digit] = to + 1
    sorted[to] = position
  }
  return sorted
}
