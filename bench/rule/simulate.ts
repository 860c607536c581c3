import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import type { Verdict } from '../../lib/types/index.js'
import { simulatedRun } from '../../test/support/simulated-trial.js'
import { noisy } from './noise.js'
import type { Noise } from './noise.js'
import type { Scenario } from './scenarios.js'

/** What an effort sets: see `lib/options/effort.ts`. */
export interface Scale {
  readonly effort: string
  readonly operations: number
  /** Bytes per operation. */
  readonly threshold: number
}

export const SCALES: readonly Scale[] = [
  { effort: 'quick', operations: 5_120, threshold: 64 },
  { effort: 'standard', operations: 20_480, threshold: 16 },
  { effort: 'thorough', operations: 81_920, threshold: 4 },
]

/** How simulated calls ended. */
export interface Outcome {
  readonly runs: number
  readonly counts: Readonly<Record<Verdict, number>>
  /** Launches an arm, mean, retention trials included. */
  readonly trialsPerArm: number
  /** Operations an arm, mean, as a multiple of those of a trial. */
  readonly operationsPerArm: number
}

export interface Simulation {
  readonly scale: Scale
  readonly noise: Noise
  readonly scenario: Pick<Scenario, 'agent' | 'everyTrial' | 'retained'>
  readonly agents: number
  readonly runs: number
  /** Whether memory outside the heap varies as well, in which a harmless agent may be accused too. */
  readonly outsideHeap?: boolean
}

/**
 * Calls of which every agent behaves as the scenario says. Counted is the verdict on the agent of a call with one, and that of
 * the whole call of a call with more.
 */
export function simulate({ scale, noise, scenario, agents, runs, outsideHeap }: Simulation): Outcome {
  const counts = { leak: 0, clean: 0, inconclusive: 0 }
  let launches = 0
  let operations = 0
  for (let run = 0; run < runs; run++) {
    const random = mulberry32(run * 7919 + 17 * agents)
    const { decision, trials } = simulatedRun(settingsFor(scale, agents, run), planned => {
      const added = planned.agents.length > 0 ? scenario.agent(random, planned) : (): number => 0
      const usual = scenario.everyTrial?.(random, planned) ?? ((): number => 0)
      const heap = noisy(random, noise, k => added(k) + usual(k))
      const still = (): number => 0
      return {
        curves: {
          heap,
          ...(outsideHeap === true
            ? { external: noisy(random, noise, still), arrayBuffers: noisy(random, noise, still) }
            : {}),
        },
        ...(scenario.retained !== undefined && planned.agents.length > 0
          ? { retained: { heap: scenario.retained } }
          : {}),
      }
    })
    const verdict = agents === 1 ? decision.components[1]?.verdict : decision.verdict
    counts[verdict ?? 'inconclusive']++
    const operationsOf = new Map(trials.map(({ id, operations: own }) => [id, own]))
    launches += trials.filter(trial => trial.continues === undefined).length
    for (const trial of trials) operations += trial.operations - (operationsOf.get(trial.continues ?? 0) ?? 0)
  }
  const arms = (agents + 1) * runs
  return {
    runs,
    counts,
    trialsPerArm: launches / arms,
    operationsPerArm: operations / scale.operations / arms,
  }
}

function settingsFor({ operations, threshold }: Scale, agents: number, seed: number): PlanSettings {
  return {
    agents: Array.from({ length: agents }, (_, index) => ({
      name: `agent-${String(index + 1)}`,
      requires: [],
    })),
    operations,
    threshold,
    errorRate: 0.05,
    unit: 'operation',
    retentionMs: 60_000,
    seed,
  }
}
