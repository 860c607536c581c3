import { setTimeout as delay } from 'node:timers/promises'
import type { AnswerTimes, WorkloadCounts } from '../types/index.js'
import { recordAnswerTimes } from './workload/answer-times.js'
import type { RoundCounts } from './workload/answer-counts.js'
import { driveCommand } from './workload/drive-command.js'
import { driveHttp, workloadFailure, type HttpRound, connectionPool } from './workload/drive-http.js'
import { firstRequests } from './workload/first-requests.js'
import { refusedAnswers, type Refusal } from './workload/refused-answers.js'
import type { Caller } from './messages.js'
import type { ProbeClient } from './probe-client.js'
import { ProbeError } from './child-probes.js'
import type { Reachable } from './readiness.js'
import { TrialFailed } from './trial-stop.js'
import type { CommandPlan, WorkloadSpec } from './types.js'

/** One round of operations to perform on a ready application. */
export interface Round {
  readonly number: number
  readonly index: number
  readonly operations: number
}

/** Performs rounds of one workload, and remembers how the application answered. */
export interface Driver {
  perform(round: Round): Promise<void>
  /** What was answered so far, `null` where the workload does not count. */
  counts(): WorkloadCounts | null
  /** How long the answers of the last round took, `null` where there were none or the workload does not tell. */
  answers(): AnswerTimes | null
  /** What practically all answers said in place of doing what was asked, where the caller did not say that it is meant. */
  refusal(): Refusal | null
  /** Lets the server know that connections are still wanted, before it is stopped for a while. */
  touch(): void
  /** Closes what is open between rounds. Of a round that the signal has ended nothing is left when the promise settles. */
  close(): Promise<void>
}

/** What the first requests of a launch showed. */
export interface FirstHeard {
  readonly byStatus: WorkloadCounts['byStatus']
  readonly firstMs: number | null
  readonly refusal: Refusal | null
}

/** What a workload is driven at, and whom it may ask. */
interface Drive {
  readonly where: Reachable | null
  readonly probe: ProbeClient
  readonly caller: Caller
  /** Told once, when the first requests were answered. */
  readonly heard: (first: FirstHeard) => void
  /** Marks the processes that it starts. */
  readonly marker: string
  readonly signal: AbortSignal
}

/**
 * The driver of a workload.
 * @throws TrialFailed of kind `workload-failed` from `perform`, when the workload did not do what it was asked for
 */
export function driverFor(workload: WorkloadSpec, drive: Drive): Driver {
  const { where, probe, caller, signal } = drive
  switch (workload.kind) {
    case 'http':
      return httpDriver(workload, where as Reachable, drive)
    case 'command':
      return commandDriver(workload.plan, drive)
    case 'in-app':
      return uncounted(async round => {
        try {
          await probe.run(workload.module, round.index, round.operations)
        } catch (error) {
          if (!(error instanceof ProbeError) || error.code !== 'ERR_PROBE_OPERATION') throw error
          throw workloadFailed(error.message, { name: 'Error', message: error.message }, error.remoteStack)
        }
      })
    case 'idle':
      return idleDriver(signal)
    case 'function':
      return uncounted(async round => {
        const question = {
          url: where?.url ?? '',
          port: where?.port ?? 0,
          operations: round.operations,
          round: round.number,
          index: round.index,
        }
        try {
          await caller.workload(question, signal)
        } catch (error) {
          if (signal.aborted) throw error
          const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
          throw workloadFailed(`the workload function threw: ${message}`, { name, message }, stack)
        }
      })
  }
}

function workloadFailed(
  message: string,
  cause?: { name: string; message: string },
  stack?: string,
): TrialFailed {
  return new TrialFailed({
    phase: 'measure',
    kind: 'workload-failed',
    message,
    ...(cause ? { cause: { ...cause, ...(stack === undefined ? {} : { stack }) } } : {}),
  })
}

function uncounted(perform: (round: Round) => Promise<void>): Driver {
  return {
    perform,
    counts: () => null,
    answers: () => null,
    refusal: () => null,
    touch: () => undefined,
    close: async () => Promise.resolve(),
  }
}

/** What a round has more or fewer, the next has not or has as well: readings come as near to their places as it is exact. */
function commandDriver(plan: CommandPlan, { where, caller, marker, signal }: Drive): Driver {
  let performed = 0
  let running: Promise<number> = Promise.resolve(0)
  return {
    ...uncounted(async ({ number, index, operations }) => {
      running = driveCommand({
        ...{ plan, signal, url: where?.url ?? '', port: where?.port ?? 0 },
        ...{ operations: index + operations - performed, index: performed, round: number },
        marker: `${marker}-${String(number)}`,
        ask: async output => caller.count(output, signal),
      })
      performed += await running
    }),
    counts: () => ({ performed, failed: 0, byStatus: {} }),
    async close() {
      // Why it failed is told by whoever asked for the round.
      await running.catch(() => undefined)
    },
  }
}

/** An operation is a second of the clock: reading takes time too, so rounds end at fixed moments after the first began. */
function idleDriver(signal: AbortSignal): Driver {
  let beganAtMs: number | null = null
  return uncounted(async round => {
    beganAtMs ??= performance.now() - round.index * 1000
    const untilMs = beganAtMs + (round.index + round.operations) * 1000
    await delay(Math.max(0, untilMs - performance.now()), undefined, { signal })
  })
}

function httpDriver(
  workload: WorkloadSpec & { kind: 'http' },
  { url, server }: Reachable,
  { caller, heard, signal }: Drive,
): Driver {
  const plan = { ...workload.options, socketPath: server.path ?? null }
  let total: WorkloadCounts = { performed: 0, failed: 0, byStatus: {} }
  const pool = connectionPool()
  const times = recordAnswerTimes()
  const refused = refusedAnswers(url)
  let isTried = false
  const refusal = (): Refusal | null => {
    const answers = total.performed + total.failed - (total.byStatus['aborted'] ?? 0)
    return plan.isStatusGiven || answers === 0 ? null : refused.refusal(answers)
  }
  const answered = (counts: WorkloadCounts): void => {
    total = add(total, counts)
    signal.throwIfAborted()
  }
  return {
    async perform({ index, operations }) {
      const requests = workload.requestsFromCaller ? await caller.requests(index, operations) : null
      times.reset()
      const told = { onHead: refused.note, onAnswer: times.record }
      const round = { url, plan, requests, operations, index, signal, pool, ...told }
      const tried = isTried ? NOTHING : await firstRequests(round)
      answered(tried.counts)
      if (tried.failure !== null) throw workloadFailed(tried.failure)
      if (!isTried) heard({ byStatus: total.byStatus, firstMs: tried.firstMs, refusal: refusal() })
      isTried = true
      const counts = await driveHttp(rest(round, tried.counts))
      answered(counts)
      const failure = workloadFailure(addRounds(tried.counts, counts), plan)
      if (failure !== null) throw workloadFailed(failure)
    },
    counts: () => total,
    answers: times.summary,
    refusal,
    touch: () => {
      pool.touch()
    },
    async close() {
      pool.close()
      await Promise.resolve()
    },
  }
}

const NOTHING = { counts: { performed: 0, failed: 0, byStatus: {} }, firstMs: null, failure: null }

/** What is left of a round of which some operations were performed. */
function rest(round: HttpRound, { performed, failed }: WorkloadCounts): HttpRound {
  const done = performed + failed
  const { index, operations, requests } = round
  return {
    ...round,
    index: index + done,
    operations: operations - done,
    requests: requests?.slice(done) ?? null,
  }
}

function add(a: WorkloadCounts, b: WorkloadCounts): WorkloadCounts {
  return {
    performed: a.performed + b.performed,
    failed: a.failed + b.failed,
    byStatus: addEach(a.byStatus, b.byStatus),
  }
}

function addRounds(a: RoundCounts, b: RoundCounts): RoundCounts {
  return { ...add(a, b), expectedByRequest: addEach(a.expectedByRequest, b.expectedByRequest) }
}

type Counts = Readonly<Record<string, number>>

function addEach(a: Counts = {}, b: Counts = {}): Counts {
  const sums: Record<string, number> = { ...a }
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
