import { stripVTControlCharacters } from 'node:util'
import type { Exit } from '../system/process-end.js'
import type { TrialOutcome } from '../types/index.js'
import type { TrialFailure } from './types.js'
import { dirname } from 'node:path'
import type { MissingPermissions, PermissionMark } from '../probe/protocol.cjs'
import { PRELOAD } from './probe-preload.js'

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

const MARK: PermissionMark = 'isolate-leak: not permitted: '
/** How Node tells that a file may not be read. */
const DENIED = /permission: 'FileSystemRead',\s+resource: '(.*)'/
const MAJOR = /^Node\.js v(\d+)/m
/** The first versions whose permission model can let an inspector in, and keeps from the network. */
const INSPECTOR_SINCE = 24
const NETWORK_SINCE = 25

/** What to do about a probe that Node's permission model kept out of the application, as a sentence; `null`: it did not. */
export function notPermitted(output: string): string | null {
  const line = output.split(/\r?\n/).find(one => one.startsWith(MARK))
  if (line !== undefined) return advice(JSON.parse(line.slice(MARK.length)) as MissingPermissions)
  // Where not even its first file may be read, nobody could ask what else is missing.
  const denied = DENIED.exec(output)?.[1]?.replaceAll('\\\\', '\\')
  if (denied !== PRELOAD) return null
  const major = Number(MAJOR.exec(output)?.[1])
  return advice({
    flags: [
      ...['--allow-worker', '--allow-inspector'],
      ...(major >= NETWORK_SINCE ? ['--allow-net'] : []),
      `--allow-fs-read=${dirname(dirname(PRELOAD))}`,
    ],
    possible: major >= INSPECTOR_SINCE,
    nodeVersion: String(major),
  })
}

function advice({ flags, possible, nodeVersion }: MissingPermissions): string {
  return possible
    ? `Node's permission model keeps the probe out: it has to be started with ${flags.join(' ')} as well (entry.nodeArgs)`
    : `Node's permission model keeps the probe out, and Node ${nodeVersion} has no way to let an inspector in: leave the permission ` +
        'model out for this run, or use a Node that has --allow-inspector (24.12 and 25 or newer)'
}

/**
 * Rejects when the signal is aborted, with {@link TrialFailed}; never resolves. The signal is that of all trials, and a listener holds its
 * trial: `over` tells when nobody waits any more.
 */
export async function abortion(signal: AbortSignal, over: AbortSignal): Promise<never> {
  await new Promise<void>(resolve => {
    const listener = (): void => {
      resolve()
    }
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', listener, { once: true, signal: over })
  })
  throw new TrialFailed({ phase: 'measure', kind: 'aborted', message: 'the run was aborted' })
}

/**
 * Waits for `work` as long as the signal is not aborted.
 * @throws TrialFailed of kind `aborted`; what `work` throws
 */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const over = new AbortController()
  try {
    return await Promise.race([work, abortion(signal, over.signal)])
  } finally {
    over.abort()
  }
}
