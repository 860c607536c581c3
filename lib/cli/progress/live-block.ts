import type { OutputStream } from '../context.js'

const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const ERASE_REST_OF_LINE = '\u001B[K'
const ERASE_BELOW = '\u001B[J'

/** Lines at the bottom of a terminal that are written again and again in place. */
export interface LiveBlock {
  /** Writes lines that stay above the block, and the block anew, in one piece so that nothing flickers. */
  draw(above: readonly string[], lines: readonly string[]): void
  /** Removes the block and shows the cursor again. */
  close(): void
}

/** A block on a terminal; lines must fit its width. */
export function liveBlock(stream: OutputStream): LiveBlock {
  let drawn = 0
  let hidden = false
  let previous = ''
  const toTop = (): string => (drawn === 0 ? '' : `\u001B[${String(drawn)}A\r`)
  return {
    draw: (above, lines) => {
      const body = lines.map(line => `${line}${ERASE_REST_OF_LINE}\n`).join('')
      if (above.length === 0 && body === previous) return
      const fixed = above.map(line => `${line}${ERASE_REST_OF_LINE}\n`).join('')
      const hide = hidden ? '' : HIDE_CURSOR
      const shrunk = lines.length < drawn ? ERASE_BELOW : ''
      stream.write(`${hide}${toTop()}${fixed}${body}${shrunk}`)
      hidden = true
      drawn = lines.length
      previous = body
    },
    close: () => {
      if (!hidden) return
      stream.write(`${toTop()}${ERASE_BELOW}${SHOW_CURSOR}`)
      hidden = false
      drawn = 0
      previous = ''
    },
  }
}
