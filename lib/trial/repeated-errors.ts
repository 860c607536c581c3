import { stripVTControlCharacters } from 'node:util'
import type { OutputTail } from '../system/output-tail.js'

const ERROR = /error|fail|exception|refused|denied|unable|cannot|timed? ?out|ECONN|ENOTFOUND/i
/** What differs between lines that say the same: times, ports, numbers of requests, ids. */
const CHANGING = /\b(?=[\da-f-]*\d)[\da-f-]{8,}\b|\d+/gi
/** Fewer may be what a start brings with it. */
const OFTEN = 20
/** An output in which no two lines are alike is not looked through for ever. */
const MOST_KINDS = 500
const LONGEST = 160

/** A line that tells of an error, and how often such a line was written. */
export interface RepeatedError {
  readonly line: string
  readonly times: number
}

/** Counts lines that tell of an error; gives the one that was written most often, `null` where none came again and again. */
export function repeatedErrors(output: Pick<OutputTail, 'onLine'>): () => RepeatedError | null {
  const kinds = new Map<string, { line: string; times: number }>()
  output.onLine(raw => {
    if (!ERROR.test(raw)) return
    const line = stripVTControlCharacters(raw).trim()
    const kind = line.replaceAll(CHANGING, '#')
    const known = kinds.get(kind)
    if (known !== undefined) known.times++
    else if (kinds.size < MOST_KINDS) kinds.set(kind, { line: line.slice(0, LONGEST), times: 1 })
  })
  return () => {
    const [most] = [...kinds.values()].sort((a, b) => b.times - a.times)
    return most === undefined || most.times < OFTEN ? null : most
  }
}
