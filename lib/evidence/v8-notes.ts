import { V8_TABLES } from '../heap/describe/v8-tables.js'
import type { EvidenceOfHolding } from '../types/index.js'

const JOINED_KEYS = 'cache-property-key-string-adds'
const SOURCE_POSITIONS = 'enable-lazy-source-positions'

/** What can be done where V8 itself holds the memory: nobody's code has a list to empty then. */
export function v8Notes(held: EvidenceOfHolding | null): string[] {
  const steps = held?.path.slice(held.holder) ?? []
  const within = (table: string): boolean => steps.some(({ by }) => by === table)
  if (within(V8_TABLES.feedback)) {
    return steps.at(-1)?.name === '(string)'
      ? [
          `V8 itself keeps these strings, with what it learns about a function. From Node 26 on it keeps keys that are joined in the brackets of a read (o['user:' + id]): ${compare(JOINED_KEYS)}`,
        ]
      : [
          'V8 itself keeps this, with what it learns about a function. That comes to an end where the code stays the same: compare with longer trials (effort), and look for code that is made anew with each operation.',
        ]
  }
  return within(V8_TABLES.sourcePositions)
    ? [
        `V8 itself keeps this: the places of a function's code, once an error was made in it. ${compare(SOURCE_POSITIONS)}`,
      ]
    : []
}

function compare(flag: string): string {
  return `Compare with the flag off (nodeArgs: ['--no-${flag}']): what no longer grows then is V8's.`
}
