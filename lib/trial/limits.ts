import type { Application } from './application.js'
import type { Progress } from './progress.js'
import { failureOfExit, outcomeOfExit, TrialEnded, TrialFailed } from './trial-stop.js'
import type { TrialSpec } from './types.js'
import type { WorkClock } from './work-clock.js'

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
  switch (spec.ready.kind) {
    case 'listening':
      return 'it did not listen on a port'
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
