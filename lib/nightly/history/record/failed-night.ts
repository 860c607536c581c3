import { redactText } from '../../../options/redact/redact-text.js'
import { HISTORY_SCHEMA_VERSION, type FailedNight } from '../night.js'

/** What is known of a run that failed. */
export interface Failure {
  readonly startedAt: Date | string
  readonly totalMs: number | null
  readonly run: string | null
  /** Of the library, of Node, or `ERR_KILLED`. */
  readonly code: string
  readonly message: string
}

const LONGEST = 2_000

/** The line of a run that did not come to an answer, without secrets. */
export function failedNight({ startedAt, totalMs, run, code, message }: Failure): FailedNight {
  return {
    schemaVersion: HISTORY_SCHEMA_VERSION,
    startedAt: new Date(startedAt).toISOString(),
    totalMs: totalMs === null ? null : Math.round(totalMs),
    outcome: 'failed',
    error: { code, message: redactText(message).slice(0, LONGEST) },
    run,
  }
}

/** The code of what was thrown. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : 'ERR_UNKNOWN'
}
