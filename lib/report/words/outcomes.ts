import type { TrialOutcome } from '../../types/index.js'

/** How a trial ended, as the predicate of a sentence. */
export function howItEnded(outcome: TrialOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'was completed'
    case 'crashed':
      return `crashed with ${outcome.signal ?? `exit code ${String(outcome.exitCode)}`} (${outcome.message})`
    case 'exited':
      return `ended by itself before its operations were done (${outcome.message})`
    case 'out-of-memory':
      return `ran out of memory (${outcome.message})`
    case 'not-started':
      return `did not start (${outcome.message})`
    case 'hung':
      return `did not answer within ${outcome.limit} (${outcome.message})`
  }
}
