import { availableMemory } from 'node:process'
import { cleanEnvironment } from '../system/clean-environment.js'
import { debugFor } from '../system/debug.js'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrial, TrialRecord } from '../types/index.js'
import { httpPlan } from './workload/http-plan.js'
import type { CallerFunctions } from './messages.js'
import { FailedToRun, firstCause, isBaseline, failedSetRecord } from './failed-to-run.js'
import { keptTrials, type Keeper } from './kept-trials.js'
import { observed, type StartTrial } from './trial-result.js'
import { hostFor, type TrialHost } from './trial-host.js'
import { trialSpec } from './trial-spec.js'
import { openTurns } from './limits.js'
import { variantKey } from '../decide/growth/arms.js'

const debug = debugFor('trial')

/** Failures that another trial at the same time may be the reason of: a port, a lock file, a name that is taken. */
const ALONE_MAY_HELP = new Set(['crashed', 'exited', 'port-in-use', 'sidecar-crashed'])

/** Of the memory that is free when a run begins, applications that are kept alive may take so much. */
const KEPT_SHARE = 1 / 2

/** Runs planned trials, as many at a time as the options say. */
export interface TrialRunner {
  /**
   * Runs all of `planned`, starting them in that order; `finished` is awaited for each before its place is taken by the
   * next. Where the caller did not say how many may run at a time, trials that could not start beside others are run again, alone,
   * as are all further ones.
   * @throws IsolateLeakError when a trial did not happen as planned; the others are stopped
   */
  run(planned: readonly PlannedTrial[], finished: (record: TrialRecord) => Promise<void>): Promise<void>
  /** How many it runs at a time by now. */
  concurrency(): number
  /** Ends all processes. */
  close(): Promise<void>
}

/**
 * The runner of one call; starts its host processes when they are first needed.
 * @param settings `recordFailures`: an agent that does not start by itself is a record, as a set of agents is, and ends nothing;
 * `known`: trials that were made before; `keeps`: whether applications stay alive for trials that go on with them, asked for every trial
 */
export function trialRunner(
  options: ResolvedOptions,
  {
    recordFailures = false,
    known = [],
    keeps = () => true,
  }: {
    readonly recordFailures?: boolean
    readonly known?: readonly TrialRecord[]
    readonly keeps?: () => boolean
  } = {},
): TrialRunner {
  const functions = callerFunctions(options)
  const { env } = cleanEnvironment(process.env)
  const hosts: TrialHost[] = []
  // What the first trials of a variant found out holds for its others.
  const holds = new Map<string, number>()
  const learn = (record: TrialRecord): void => {
    const variant = variantKey(record)
    holds.set(variant, Math.max(record.holdMs, holds.get(variant) ?? 0))
  }
  // What the application holds by itself it holds with agents as well.
  const holdOf = (trial: PlannedTrial): number | null => {
    const own = holds.get(variantKey(trial)) ?? null
    const application =
      holds.get(variantKey({ ...trial, agents: [], backend: options.backends[0] ?? 'up' })) ?? 0
    return application > 0 ? Math.max(application, own ?? 0) : own
  }
  for (const record of known) if (record.outcome.kind === 'completed') learn(record)
  // Of the application alone one trial finds out whether something is flushed at an interval; the others do not wait for that.
  const watched = new Set<string>()
  // What agents bring along is the same in each of their launches: the first tells.
  const told = new Set<string>()
  const turns = openTurns(options.workload.kind === 'idle' ? Infinity : options.loadsAtATime)
  const { keepAliveBytes } = options
  const kept = keptTrials(keepAliveBytes ?? availableMemory() * KEPT_SHARE)
  let concurrency = options.concurrency

  return {
    async run(planned, finished) {
      const queue = [...planned]
      const again: PlannedTrial[] = []
      const inFlight = new Map<PlannedTrial, TrialHost>()
      const failures: unknown[] = []
      const stop = (spared: (trial: PlannedTrial) => boolean = () => false): void => {
        queue.length = 0
        again.length = 0
        const busy = new Set([...inFlight].filter(([trial]) => spared(trial)).map(([, host]) => host))
        for (const host of inFlight.values()) if (!busy.has(host)) host.abort()
      }
      const fail = (error: unknown): void => {
        failures.push(error)
        // A baseline that fails as well explains the failure of its agents: it may finish.
        stop(error instanceof FailedToRun ? isBaseline : undefined)
      }
      const abort = (): void => {
        stop()
      }
      const perform = async (host: TrialHost, trial: PlannedTrial, start: StartTrial): Promise<void> => {
        inFlight.set(trial, host)
        try {
          const record = await observed(trial, start, turns, options.onEvent, fail)
          const variant = variantKey(trial)
          holds.set(variant, Math.max(record.holdMs, holds.get(variant) ?? 0))
          kept.settle(trial, record)
          await finished(record)
        } catch (error) {
          kept.settle(trial, null)
          told.delete(variantKey(trial))
          if (failures.length === 0 && concurrency > 1 && mayRunAlone(error, options, recordFailures)) {
            debug('trial %d is run again, alone: %O', trial.id, error)
            again.push(trial, ...queue.splice(0))
            return
          }
          const record =
            error instanceof FailedToRun
              ? failedSetRecord(trial, error.failure, options, recordFailures)
              : null
          if (record === null) fail(error)
          else await finished(record).catch(fail)
        } finally {
          inFlight.delete(trial)
        }
      }
      const launch = async (
        free: TrialHost,
        trial: PlannedTrial,
        keeper: Keeper | null = kept.take(trial, holdOf(trial) ?? 0),
      ): Promise<void> => {
        // Beside one that stays alive no other can start where only one may run at a time.
        const park = concurrency > 1 && trial.purpose === 'measure' && keepAliveBytes !== 0 && keeps()
        const variant = variantKey(trial)
        const isWatched = trial.agents.length === 0 && watched.has(variant)
        watched.add(variant)
        const holdMs = holdOf(trial) ?? (isWatched ? 0 : null)
        const isFirst = keeper === null && !told.has(variant)
        if (isFirst) told.add(variant)
        const spec = trialSpec(trial, options, env, { holdMs, park, isFirst })
        const host = keeper?.host ?? free
        if (park) kept.begin(trial, host)
        await perform(host, trial, async observer =>
          keeper === null ? host.run(spec, observer) : host.resume(spec, keeper.continues, observer),
        )
      }
      const work = async (host: TrialHost): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) await launch(host, next)
      }

      // Also what nobody expects stops the others, and is thrown when they have ended.
      const all = async (works: readonly Promise<void>[]): Promise<void> => {
        await Promise.all(works.map(async one => one.catch(fail)))
      }

      if (options.signal?.aborted) throw aborted(options.signal)
      options.signal?.addEventListener('abort', abort, { once: true })
      try {
        while (hosts.length < Math.min(concurrency, planned.length)) hosts.push(hostFor(options, functions))
        // Idle checks mostly wait: they take nobody's place.
        const checks = planned.flatMap(trial => {
          const keeper = trial.purpose === 'retention' ? kept.take(trial, holdOf(trial) ?? 0) : null
          if (keeper === null) return []
          queue.splice(queue.indexOf(trial), 1)
          return [launch(keeper.host, trial, keeper)]
        })
        await all([...checks, ...hosts.slice(0, concurrency).map(work)])
        if (again.length > 0) {
          concurrency = 1
          kept.releaseAll()
          queue.push(...again.sort((a, b) => a.id - b.id))
          await all(hosts.slice(0, 1).map(work))
        }
      } finally {
        options.signal?.removeEventListener('abort', abort)
      }
      if (options.signal?.aborted) throw aborted(options.signal)
      if (failures.length > 0) throw firstCause(failures, options)
    },
    concurrency: () => concurrency,
    async close() {
      await Promise.all(hosts.map(async host => host.close()))
    },
  }
}

function mayRunAlone(error: unknown, options: ResolvedOptions, recordFailures: boolean): boolean {
  if (!options.concurrencyIsDefault || !(error instanceof FailedToRun)) return false
  const { kind, phase } = error.failure
  // A set of agents may crash for its own reasons, which are no reason to run everything else alone.
  const isSet = failedSetRecord(error.planned, error.failure, options, recordFailures) !== null
  return phase !== 'measure' && ALONE_MAY_HELP.has(kind) && (kind === 'port-in-use' || !isSet)
}

/** The error of a run that its signal stopped. */
export function aborted(signal: AbortSignal): IsolateLeakError {
  return new IsolateLeakError('ERR_ABORTED', 'the run was aborted by its signal', { cause: signal.reason })
}

/** What trials may ask the caller for. */
export function callerFunctions({ workload, entry }: ResolvedOptions): CallerFunctions {
  return {
    workload: workload.kind === 'function' ? workload.run : null,
    ready: entry.ready.kind === 'function' ? entry.ready.check : null,
    requests: workload.kind === 'http' ? httpPlan(workload).requestsFor : null,
    count:
      workload.kind === 'command' && typeof workload.options.count === 'function'
        ? workload.options.count
        : null,
  }
}
