import type { PlanSettings } from '../../lib/plan/next-trials.js'
import { mulberry32, shuffle } from '../../lib/stats/random.js'
import type { Metric, Verdict } from '../../lib/types.js'
import { START, simulatedRun, type Behaviour } from '../../test/support/simulated-trial.js'
import type { RecordedTrial, Recording } from './recording.js'

export interface Draw {
  readonly recording: Recording
  /** Whether launches are drawn that were recorded beside busy loops. */
  readonly busy: boolean
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
  /** Bytes of heap an operation that are added to every launch with the agent. */
  readonly added: number
  readonly calls: number
  /** Launches without the agent of all recordings: the application is the same. */
  readonly alone: readonly RecordedTrial[]
}

export interface Drawn {
  readonly counts: Readonly<Record<Verdict, number>>
  /** Of the application alone. */
  readonly application: Readonly<Record<Verdict, number>>
  /** Launches, mean. */
  readonly launches: number
  /** Calls that the recording has too few launches, or too short ones, to go on with. */
  readonly unfinished: number
}

/** The launches ran out: the call would go on. */
class Exhausted extends Error {}

/** Draws calls from recorded launches and has the rule judge each, from the first look to the last. Checks of idle time find that all is kept. */
export function draw({ recording, busy, operations, threshold, added, calls, alone }: Draw): Drawn {
  const counts = { leak: 0, clean: 0, inconclusive: 0 }
  const application = { leak: 0, clean: 0, inconclusive: 0 }
  let launches = 0
  let unfinished = 0
  const pool = (trials: readonly RecordedTrial[], withAgent: boolean): readonly RecordedTrial[] =>
    trials.filter(trial => trial.busy === busy && trial.withAgent === withAgent)
  const pools = { agent: pool(recording.trials, true), alone: pool(alone, false) }
  for (let call = 0; call < calls; call++) {
    const random = mulberry32(call * 7919 + operations)
    const left = { agent: shuffle(pools.agent, random), alone: shuffle(pools.alone, random) }
    let used = 0
    try {
      const { decision } = simulatedRun(settingsFor(operations, threshold, call), ({ agents }) => {
        const trial = (agents.length > 0 ? left.agent : left.alone).pop()
        if (trial === undefined) throw new Exhausted()
        used++
        return behaviourOf(trial, agents.length > 0 ? added : 0)
      })
      counts[decision.components[1]?.verdict ?? 'inconclusive']++
      application[decision.components[0]?.verdict ?? 'inconclusive']++
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error
      counts.inconclusive++
      unfinished++
    }
    launches += used
  }
  return { counts, application, launches: launches / calls, unfinished }
}

function behaviourOf({ samples }: RecordedTrial, added: number): Behaviour {
  const at = (operations: number): RecordedTrial['samples'][number] => {
    // What is looked at after the last reading, when idle time was checked, is as it was.
    const found = samples.findLast(sample => sample.operations <= operations)
    const isCheck = operations > (samples.at(-1)?.operations ?? 0) || found?.operations !== operations
    if (
      found === undefined ||
      (isCheck && !samples.some(({ operations: own }) => own * 1.125 === operations))
    )
      throw new Exhausted()
    return found
  }
  const metrics = Object.keys(samples[0]?.values ?? {}) as Metric[]
  const curve = (metric: Metric) => (operations: number) =>
    (at(operations).values[metric] ?? 0) - START[metric] + (metric === 'heap' ? added * operations : 0)
  return {
    curves: Object.fromEntries(metrics.map(metric => [metric, curve(metric)])),
    spreadBytes: operations => (at(operations).settled ? 0 : at(operations).spreadBytes),
  }
}

function settingsFor(operations: number, threshold: number, seed: number): PlanSettings {
  return {
    agents: [{ name: 'agent', requires: [] }],
    ...{ operations, threshold, seed },
    ...{ errorRate: 0.05, unit: 'operation', retentionMs: 60_000 },
  }
}
