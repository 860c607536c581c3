import type { HeapEdge } from '../heap-snapshot.js'

/** What V8 keeps about code, as ways through the heap tell it. */
export const V8_TABLES = {
  feedback: "V8's type feedback",
  sourcePositions: "V8's source positions",
} as const

/** The table of V8's that an edge leads into; `null`: none. */
export function v8Table({ type, name }: HeapEdge, target: string): string | null {
  if (type === 'internal' && name === 'source_position_table') return V8_TABLES.sourcePositions
  return /^system \/ Feedback(?:Cell|Vector)$/.test(target) ? V8_TABLES.feedback : null
}
