/** State of reading an escape of a JSON string: 0 outside of one, {@link AFTER_BACKSLASH}, or hexadecimal digits to come. */
export type EscapeState = number

export const AFTER_BACKSLASH: EscapeState = 5
const SIMPLE = new Set(Array.from('"\\/bfnrt', char => char.charCodeAt(0)))

/** State after one more byte of an escape; -1 where the byte does not fit. */
export function escapeStep(state: EscapeState, byte: number): EscapeState {
  if (state !== AFTER_BACKSLASH) return isHexadecimal(byte) ? state - 1 : -1
  if (byte === 0x75) return 4
  return SIMPLE.has(byte) ? 0 : -1
}

/** What a byte of an escape has to be, in words. */
export function expectedOfEscape(state: EscapeState): string {
  return state === AFTER_BACKSLASH ? 'one of "\\/bfnrtu after \\' : 'four hexadecimal digits after \\u'
}

function isHexadecimal(byte: number): boolean {
  const letter = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66)
}
