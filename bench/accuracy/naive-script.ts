import type { AccuracyCase, CaseAgent, CaseSubject } from './cases/types.js'
import { naiveLaunch, type NaiveApplication } from './naive-launch.js'
import { naiveLoad } from './naive-load.js'

const WARM_UP = 500
const OPERATIONS = 5_000
const ROUNDS = 10
/** An idle application is watched for a minute an arm. */
const IDLE_ROUND_MS = 6_000

/** What the naive script saw. */
export interface NaiveMeasured {
  /** `heapUsed` after collection, bytes: after the warm-up, then after each round. */
  readonly agent: readonly number[]
  readonly baseline: readonly number[]
  readonly operations: number
  /** From the first launch to the answer. */
  readonly wallMs: number
}

/**
 * What people do before they look for a tool: one launch with the agent and one without, `--expose-gc`, a warm-up of 500
 * operations, then 5,000 in ten rounds with a reading after each.
 */
export const naiveScript = async (
  { workload }: Pick<AccuracyCase, 'workload'>,
  { entry, agents }: CaseSubject,
  signal: AbortSignal,
): Promise<NaiveMeasured> => {
  const startedAtMs = performance.now()
  const measure = async (attached: readonly CaseAgent[]): Promise<number[]> => {
    const launched = await naiveLaunch(entry, attached, workload.kind === 'http', signal)
    try {
      return await series(workload, launched, signal)
    } finally {
      await launched.end()
    }
  }
  const baseline = await measure([])
  const agent = await measure(agents.slice(0, 1))
  const operations = workload.kind === 'idle' ? (ROUNDS * IDLE_ROUND_MS) / 1_000 : OPERATIONS
  return { agent, baseline, operations, wallMs: Math.round(performance.now() - startedAtMs) }
}

const series = async (
  workload: AccuracyCase['workload'],
  application: NaiveApplication,
  signal: AbortSignal,
): Promise<number[]> => {
  const load = naiveLoad(workload, application, IDLE_ROUND_MS, signal)
  const heap = [await load(0, WARM_UP)]
  const each = OPERATIONS / ROUNDS
  for (let round = 0; round < ROUNDS; round++) heap.push(await load(WARM_UP + round * each, each))
  return heap
}
