import type { Test } from 'tap'
import { SCREEN } from '../../../lib/report/brief-text.js'

/** A text of one screen that says nothing odd. */
export const checkScreen = (t: Test, text: string, name: string): void => {
  const lines = text.split('\n')
  t.ok(lines.length <= SCREEN.lines, `${name}: ${String(lines.length)} lines`)
  for (const line of lines) {
    t.ok(line.length <= SCREEN.width, `${name}: ${line}`)
    t.equal(line, line.trimEnd(), 'no trailing spaces')
  }
  t.notMatch(text, /undefined|NaN|\[object|Infinity|null/)
}
