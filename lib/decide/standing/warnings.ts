import { margin } from '../stats/effect.js'
import type { TrialRecord, Warning } from '../../types.js'
import type { Followed } from '../search/follow.js'
import { armAgents, armName, setName } from '../growth/arms.js'
import type { ArmKey } from '../growth/arms.js'
import { describeOutcome } from './failures.js'
import { growthUnit } from '../growth/growth.js'
import type { Judgement } from './judgement.js'
import { cleanLevel } from '../rule/looks.js'
import { judgeResident } from '../rule/rss-rule.js'
import type { ResidentInput } from '../rule/rss-rule.js'
import { thresholdOf } from '../growth/thresholds.js'
import { armOf } from '../growth/trial-book.js'
import type { TrialBook } from '../growth/trial-book.js'
import { persistent } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../types.js'
import { amount, whole } from './wording.js'

/** Warnings that the trials brought along, and those that follow from how they ended and settled. */
export function trialWarnings(
  trials: readonly TrialRecord[],
  arms: readonly ArmKey[],
  book: TrialBook,
  settings: DecisionSettings,
): readonly Warning[] {
  const brought = [...trials]
    .sort((a, b) => a.id - b.id)
    .flatMap(trial =>
      trial.warnings
        // Told once an arm, below.
        .filter(({ code }) => code !== 'UNSETTLED' && code !== 'TRIAL_FAILED')
        .map(warning => ({ ...warning, agents: armAgents(armOf(trial, settings)), trial: trial.id })),
    )
  return [...brought, ...arms.flatMap(arm => [...failed(arm, book), ...unsettled(arm, book)])]
}

function failed(arm: ArmKey, book: TrialBook): Warning[] {
  return book.failed(arm).map(trial => ({
    code: 'TRIAL_FAILED',
    message: `trial ${whole(trial.id)} of ${armName(arm)} ${describeOutcome(trial)}`,
    downgrades: true,
    agents: armAgents(arm),
    trial: trial.id,
  }))
}

function unsettled(arm: ArmKey, book: TrialBook): Warning[] {
  const samples = book.all(arm).flatMap(trial => trial.samples)
  const restless = samples.filter(sample => !sample.settled)
  if (restless.length === 0) return []
  const widest = Math.max(...restless.map(sample => Math.max(sample.spreadBytes, sample.externalSpreadBytes)))
  return [
    {
      code: 'UNSETTLED',
      message: `${whole(restless.length)} of ${whole(samples.length)} readings of ${armName(arm)} never came to rest: they differed by up to ${whole(widest)} bytes, which makes them count for less`,
      downgrades: false,
      agents: armAgents(arm),
    },
  ]
}

/** What the search noticed of sets of agents. */
export function setWarnings({ findings, wants }: Followed, settings: DecisionSettings): readonly Warning[] {
  const names = settings.agents.map(({ name }) => name)
  const together = settings.together === true && names.length > 1
  const unfinished = together && wants.length > 0 && findings.unsettled.size === 0
  const unsettled = [
    ...[...findings.unsettled].map(([arm, reason]) => ({ agents: armAgents(arm), reason })),
    ...(unfinished
      ? [{ agents: names, reason: 'the run ended before it was known what they do together' }]
      : []),
  ]
  return [
    ...findings.warnings,
    ...unsettled.map(({ agents, reason }): Warning => {
      const message = `${setName(agents, settings)}: ${reason}`
      return { code: 'TOGETHER_UNSETTLED', message, downgrades: false, agents }
    }),
  ]
}

/** Resident memory that nothing else explains. */
export function residentWarnings(
  { replay }: Judgement,
  book: TrialBook,
  settings: DecisionSettings,
): readonly Warning[] {
  const arm = resident(replay.arm, book)
  const reference = replay.reference === null ? null : resident(replay.reference, book)
  if (arm === null || (replay.reference !== null && reference === null)) return []
  const hint = judgeResident(arm, reference, thresholdOf('rss', settings, replay.operations))
  if (hint === 'none') return []
  const least = Math.min(...arm.rss.map(persistent))
  const unit = growthUnit('rss', settings.unit)
  const more = hint === 'grows' ? '' : ', and too much to call it clean'
  return [
    {
      code: 'RSS_GROWTH',
      message: `the resident memory of ${armName(replay.subject.arm)} grows by at least ${amount(least, 'rss', unit)} in every trial, which neither the heap nor buffers explain: native memory may leak${more}`,
      downgrades: hint === 'grows-a-lot',
      agents: armAgents(replay.subject.arm),
    },
  ]
}

function resident(trials: readonly TrialRecord[], book: TrialBook): ResidentInput | null {
  const rss = book.growth(trials, 'rss')
  const explained = (['heap', 'arrayBuffers', 'external', 'code'] as const)
    .map(metric => book.growth(trials, metric))
    .filter(growths => growths !== null)
  return rss === null ? null : { rss, explained }
}

/** Says what the run cannot tell, where trials of one arm differ by more than the threshold. */
export function noiseWarnings({ replay }: Judgement, settings: DecisionSettings): readonly Warning[] {
  const heap = replay.metrics.find(({ metric }) => metric === 'heap')
  if (heap === undefined || replay.arm.length < 3 || heap.status !== 'open') return []
  const wide = margin(heap.effects.late, cleanLevel(settings.errorRate))
  if (wide <= heap.threshold) return []
  const unit = growthUnit('heap', settings.unit)
  const by = amount(wide, 'heap', unit)
  return [
    {
      code: 'NOISY',
      message: `trials of ${armName(replay.subject.arm)} differ so much that leaks below about ${by} cannot be told from noise with ${whole(replay.arm.length)} of them`,
      downgrades: false,
      agents: armAgents(replay.subject.arm),
    },
  ]
}
