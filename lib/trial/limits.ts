import type { Application } from './launch-with-probe.js'
import type { Progress } from './progress.js'
import { TrialEnded, TrialFailed, failureOfExit, outcomeOfExit } from './trial-stop.js'
import type { TrialSpec } from './types.js'

/** Rejects when the trial works for longer than it may by its clock, with {@link TrialEnded}; never resolves. */
export async function trialLimit(
  { trialTimeoutMs }: Pick<TrialSpec, 'trialTimeoutMs'>,
  clock: Pick<WorkClock, 'workedMs' | 'untilGoing'>,
  signal: AbortSignal,
): Promise<never> {
  for (let left = trialTimeoutMs; left > 0; left = trialTimeoutMs - clock.workedMs()) {
    await expiry(left, signal)
    await clock.untilGoing()
  }
  const message = `the trial did not end within trialTimeoutMs (${String(trialTimeoutMs)} ms)`
  throw new TrialEnded({ kind: 'hung', limit: 'trialTimeoutMs', message })
}

/** Rejects when the application is not ready in time, with {@link TrialFailed}; never resolves. */
export async function readyLimit(
  spec: TrialSpec,
  application: Application,
  progress: Progress,
  probeConnected: () => boolean,
  signal: AbortSignal,
): Promise<never> {
  await expiry(spec.readyTimeoutMs, signal)
  if (progress.readyMs > 0) return new Promise<never>(() => undefined)
  const limit = `within readyTimeoutMs (${String(spec.readyTimeoutMs)} ms)`
  throw new TrialFailed({
    phase: 'ready',
    kind: 'not-ready',
    message: probeConnected()
      ? `${readyMeaning(spec)} ${limit}`
      : `the probe did not start inside the application ${limit}: a launcher may drop NODE_OPTIONS`,
    output: application.output.lastLines(12),
  })
}

/** Rejects when the application ends by itself; never resolves. */
export async function untimelyExit(
  application: Pick<Application, 'closed' | 'output'>,
  progress: Pick<Progress, 'readyMs'>,
): Promise<never> {
  // The reason is in the last that it wrote.
  const exit = await application.closed
  const output = application.output.text()
  throw progress.readyMs === 0 ? failureOfExit(exit, output) : new TrialEnded(outcomeOfExit(exit, output))
}

function readyMeaning(spec: TrialSpec): string {
  const { workload } = spec
  const socketPath = workload.kind === 'http' ? workload.options.socketPath : null
  switch (spec.ready.kind) {
    case 'listening':
      return socketPath === null ? 'it did not listen on a port' : `it did not listen on ${socketPath}`
    case 'running':
      return 'it did not finish starting'
    case 'output':
      return `no line of its output matched /${spec.ready.source}/${spec.ready.flags}`
    case 'function':
      return 'the ready function answered false'
  }
}

/** Resolves after `ms`; never when the signal comes first. */
async function expiry(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return
    const stop = (): void => {
      clearTimeout(timer)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/** The clock that the limit of a trial goes by: it stands still while the trial waits for its turn. */
interface WorkClock {
  /** Since it was opened, without the time in which it stood still. */
  workedMs(): number
  /** Lets it stand still until the promise is settled. */
  standStillFor<T>(waiting: Promise<T>): Promise<T>
  /** Resolves when it goes. */
  untilGoing(): Promise<void>
}

export function openWorkClock(): WorkClock {
  const openedAtMs = performance.now()
  let stoodMs = 0
  let stands: { readonly sinceMs: number; readonly over: Promise<unknown> } | null = null

  return {
    workedMs: () => (stands?.sinceMs ?? performance.now()) - openedAtMs - stoodMs,
    async standStillFor(waiting) {
      const sinceMs = performance.now()
      stands = { sinceMs, over: waiting }
      try {
        return await waiting
      } finally {
        stands = null
        stoodMs += performance.now() - sinceMs
      }
    },
    async untilGoing() {
      while (stands !== null) await stands.over.catch(() => undefined)
    },
  }
}

/** Lets only so many trials load the machine at the same time; those that settle, watch or wait do not count. */
export interface Turns {
  /** Resolves when it is the trial's turn; at once when it has the turn already. */
  take(trial: number): Promise<void>
  /** Gives the turn back, also one that is still waited for. */
  give(trial: number): void
}

/**
 * Turns for `limit` trials at a time, by their numbers: one that is over early has been idle for long when idle time is asked for, and the
 * others load the machine while it settles.
 */
export function openTurns(limit: number): Turns {
  const taken = new Set<number>()
  const waiting = new Map<number, (() => void)[]>()

  const next = (): void => {
    for (const [trial, resolves] of [...waiting].sort(([a], [b]) => a - b)) {
      if (taken.size >= limit) return
      waiting.delete(trial)
      taken.add(trial)
      for (const resolve of resolves) resolve()
    }
  }
  return {
    async take(trial) {
      if (taken.has(trial)) return
      await new Promise<void>(resolve => {
        waiting.set(trial, [...(waiting.get(trial) ?? []), resolve])
        next()
      })
    },
    give(trial) {
      taken.delete(trial)
      for (const resolve of waiting.get(trial) ?? []) resolve()
      waiting.delete(trial)
      next()
    },
  }
}
