import { stripVTControlCharacters } from 'node:util'
import type { Exit } from '../system/process-end.js'
import type { TrialOutcome } from '../types/index.js'
import { notPermitted } from './not-permitted.js'
import type { TrialFailure } from './types.js'

/** Ends a trial whose series is worth keeping: it becomes the outcome of its record. */
export class TrialEnded extends Error {
  override readonly name = 'TrialEnded'
  readonly outcome: TrialOutcome

  constructor(outcome: TrialOutcome) {
    super(outcome.kind)
    this.outcome = outcome
  }
}

/** Ends a trial that did not happen as planned: it becomes an error of the whole run. */
export class TrialFailed extends Error {
  override readonly name = 'TrialFailed'
  readonly failure: TrialFailure

  constructor(
    failure: Pick<TrialFailure, 'phase' | 'kind' | 'message'> & Partial<Omit<TrialFailure, 'phase' | 'kind'>>,
  ) {
    super(failure.message)
    this.failure = { exitCode: null, signal: null, output: '', ...failure }
  }
}

const OUT_OF_MEMORY =
  /heap out of memory|Reached heap limit|allocation failed - |ineffective mark-compacts|ERR_WORKER_OUT_OF_MEMORY/i

/** Reads an exit in the middle of a trial: what a measured application must not do. */
export function outcomeOfExit(exit: Exit, output: string): TrialOutcome {
  const tail = lastLines(output)
  if (OUT_OF_MEMORY.test(output)) return { kind: 'out-of-memory', message: tail }
  if (exit.exitCode === 0) return { kind: 'exited', exitCode: 0, message: tail }
  return { kind: 'crashed', exitCode: exit.exitCode, signal: exit.signal, message: tail }
}

/** Reads an exit before the application was ready. */
export function failureOfExit(exit: Exit, output: string): TrialFailed {
  const tail = lastLines(output)
  const { exitCode, signal } = exit
  const refused = notPermitted(output)
  if (refused !== null)
    return new TrialFailed({ phase: 'launch', kind: 'not-permitted', message: refused, ...exit })
  if (/EADDRINUSE/.test(output)) {
    return new TrialFailed({ phase: 'ready', kind: 'port-in-use', message: tail, ...exit, output: tail })
  }
  const kind = exitCode === 0 ? 'exited' : 'crashed'
  return new TrialFailed({ phase: 'ready', kind, message: tail, exitCode, signal, output: tail })
}

function lastLines(output: string): string {
  return stripVTControlCharacters(output)
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
    .slice(-12)
    .join('\n')
}
