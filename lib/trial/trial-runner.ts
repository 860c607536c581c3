import { cleanEnvironment } from '../child/clean-environment.js'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrialInfo, RunEvent, TrialRecord } from '../types.js'
import { httpPlan } from '../workload/http-plan.js'
import type { CallerFunctions } from './answer.js'
import { failureError } from './failure-error.js'
import { openTrialHost, type TrialHost } from './trial-host.js'
import { trialSpec } from './trial-spec.js'
import type { TrialFailure, TrialSpec } from './types.js'

/** Runs planned trials, as many at a time as the options say. */
export interface TrialRunner {
  /**
   * Runs all of `planned`, starting them in that order; `finished` is awaited for each before the next one starts.
   * @throws IsolateLeakError when a trial did not happen as planned; the others are stopped
   */
  run(planned: readonly PlannedTrialInfo[], finished: (record: TrialRecord) => Promise<void>): Promise<void>
  /** Ends all processes. */
  close(): Promise<void>
}

/** The runner of one call; starts its host processes when they are first needed. */
export function trialRunner(options: ResolvedOptions): TrialRunner {
  const functions = callerFunctions(options)
  const { env } = cleanEnvironment(process.env)
  const hosts: TrialHost[] = []
  // What the first trial of a variant found out holds for its others.
  const holds = new Map<string, number>()

  return {
    async run(planned, finished) {
      const queue = [...planned]
      const inFlight = new Map<TrialHost, PlannedTrialInfo>()
      const failures: unknown[] = []
      const stop = (spared: (trial: PlannedTrialInfo) => boolean = () => false): void => {
        queue.length = 0
        for (const [host, trial] of inFlight) if (!spared(trial)) host.abort()
      }
      const fail = (error: unknown): void => {
        failures.push(error)
        // A baseline that fails as well explains the failure of its agents: it may finish.
        stop(error instanceof FailedToRun ? isBaseline : undefined)
      }
      const abort = (): void => {
        stop()
      }
      const work = async (host: TrialHost): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          inFlight.set(host, next)
          try {
            const variant = next.agents.join()
            const spec = trialSpec(next, options, env, holds.get(variant) ?? null)
            const record = await runOne(host, next, spec, options, fail)
            holds.set(variant, Math.max(record.holdMs, holds.get(variant) ?? 0))
            await finished(record)
          } catch (error) {
            fail(error)
          } finally {
            inFlight.delete(host)
          }
        }
      }

      if (options.signal?.aborted) throw aborted(options.signal)
      while (hosts.length < Math.min(options.concurrency, planned.length))
        hosts.push(openTrialHost(functions))
      options.signal?.addEventListener('abort', abort, { once: true })
      await Promise.all(hosts.map(work))
      options.signal?.removeEventListener('abort', abort)
      if (options.signal?.aborted) throw aborted(options.signal)
      if (failures.length > 0) throw firstCause(failures, options)
    },
    async close() {
      await Promise.all(hosts.map(async host => host.close()))
    },
  }
}

async function runOne(
  host: TrialHost,
  planned: PlannedTrialInfo,
  spec: TrialSpec,
  options: ResolvedOptions,
  fail: (error: unknown) => void,
): Promise<TrialRecord> {
  let thrown: unknown
  const emit = (event: RunEvent): void => {
    try {
      options.onEvent(event)
    } catch (error) {
      fail(error)
    }
  }
  emit({ type: 'trial-start', trial: planned })
  const result = await host.run(spec, {
    ready(url) {
      emit({ type: 'trial-ready', trial: planned, url })
    },
    sample(sample) {
      emit({ type: 'trial-sample', trial: planned, sample })
    },
    threw(error) {
      thrown = error
    },
  })
  if (result.kind === 'failure') throw new FailedToRun(planned, result.failure, thrown)
  return result.record
}

function isBaseline(trial: PlannedTrialInfo): boolean {
  return trial.agents.length === 0
}

class FailedToRun extends Error {
  readonly planned: PlannedTrialInfo
  readonly failure: TrialFailure
  readonly thrown: unknown

  constructor(planned: PlannedTrialInfo, failure: TrialFailure, thrown: unknown) {
    super(failure.message)
    this.planned = planned
    this.failure = failure
    this.thrown = thrown
  }
}

function firstCause(failures: readonly unknown[], options: ResolvedOptions): IsolateLeakError {
  // Trials that were stopped because of another failure tell nothing.
  const trials = failures
    .filter(error => error instanceof FailedToRun)
    .filter(({ failure }) => failure.kind !== 'aborted')
  const worst = trials.find(({ planned }) => isBaseline(planned)) ?? trials[0]
  const other = failures.find(error => !(error instanceof FailedToRun))
  if (other !== undefined || worst === undefined) throw other
  const unsupported = options.warnings
    .filter(warning => warning.code === 'AGENT_ENGINE')
    .flatMap(warning => warning.agents ?? [])
  return failureError({
    entryFile: options.entry.file,
    agents: worst.planned.agents,
    failure: worst.failure,
    thrown: worst.thrown,
    unsupported: unsupported.filter(name => worst.planned.agents.includes(name)),
  })
}

/** The error of a run that its signal stopped. */
export function aborted(signal: AbortSignal): IsolateLeakError {
  return new IsolateLeakError('ERR_ABORTED', 'the run was aborted by its signal', { cause: signal.reason })
}

function callerFunctions({ workload, entry }: ResolvedOptions): CallerFunctions {
  return {
    workload: workload.kind === 'function' ? workload.run : null,
    ready: entry.ready.kind === 'function' ? entry.ready.check : null,
    requests: workload.kind === 'http' ? httpPlan(workload).requestsFor : null,
  }
}
