import { mean } from '../stats/effect.js'
import type { Growth, TrialRecord, Verdict, WarningCode } from '../../types/index.js'
import type { Because, DecidedWarning } from '../because.js'
import type { DecidedComponent, DecidedMetric } from '../types.js'
import { type Standing, shownBy, verdictOf } from '../standing/standing.js'
import type { Interaction } from '../search/findings.js'
import { type ArmKey, BASELINE, type Subject, armAgents, armKey } from '../growth/arms.js'
import { unknownGrowth } from '../growth/thresholds.js'
import { metricResult } from './metric-result.js'
import type { TrialBook } from '../growth/trial-book.js'
import { takenOnce } from './warnings.js'
import { gridSample } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { heldWithin } from '../growth/arm-growth.js'
import type { Replay } from '../rule/replay.js'

/** The component of the report that follows from where it stands, before what the whole run adds. */
export function componentOf(
  standing: Standing,
  baseline: Growth,
  book: TrialBook,
  warnings: readonly DecidedWarning[],
  settings: DecisionSettings,
): DecidedComponent {
  const { replay, retention } = standing
  const { subject } = replay
  const metrics = replay.metrics.map(look =>
    metricResult(look, replay, retention.get(look.metric) ?? null, settings),
  )
  const heap = metrics.find(({ metric }) => metric === 'heap')
  const verdict = verdictOf(standing)
  const once = verdict === 'clean' ? takenOnce(replay, settings) : null
  const held = verdict === 'clean' ? heldBack(replay, settings) : null
  const because = [...becauseOf(standing, metrics), ...[once, held].filter(one => one !== null)]
  const lost = verdict === 'inconclusive' ? [] : downgradesOf(subject, verdict, warnings, settings)
  const growth =
    standing.kind === 'fails-by-growth'
      ? standing.failure.growth
      : (heap?.growth ?? unknownGrowth('heap', settings))
  return {
    name: subject.name,
    kind: subject.kind === 'application' ? 'application' : 'agent',
    verdict: lost.length > 0 ? 'inconclusive' : verdict,
    growth,
    baseline: subject.kind === 'application' ? growth : baseline,
    metrics,
    startBytes: startBytes(replay.arm, replay.reference),
    because:
      lost.length > 0
        ? [{ about: 'warnings', code: 'verdict-lost', verdict, warnings: lost }, ...because]
        : because,
    trials: book.all(subject.arm).filter(({ continues }) => continues === undefined).length,
    judged: {
      operations: replay.operations,
      trials: replay.arm.length,
      reference: replay.reference?.length ?? 0,
    },
  }
}

/**
 * An agent that was only on together with others: clean as one of them, otherwise it is not known whether it is the one
 * that grows. The growth is that of the set.
 */
export function memberOf(name: string, set: DecidedComponent, standing: Standing): DecidedComponent {
  const { arm, reference } = standing.replay.subject
  const beside = armAgents(reference ?? BASELINE)
  const others = armAgents(arm).filter(other => other !== name && !beside.includes(other))
  const together: readonly Because[] = [{ about: 'set', code: 'on-together', others }, ...set.because]
  const undecided = (verdict: Verdict): Verdict => (verdict === 'leak' ? 'inconclusive' : verdict)
  return {
    ...set,
    name,
    verdict: undecided(set.verdict),
    metrics: set.metrics.map(result => ({ ...result, verdict: undecided(result.verdict) })),
    startBytes: null,
    because:
      shownBy(standing) === 'leak' && set.verdict !== 'clean'
        ? [...together, { about: 'set', code: 'which-is-open' }]
        : together,
  }
}

/** Says of an agent that leaks only in company that it does. */
export function withCompany(
  component: DecidedComponent,
  interactions: readonly (Pick<Interaction, 'agents' | 'beside'> & {
    readonly component: DecidedComponent
  })[],
): DecidedComponent {
  const own = interactions.filter(
    found =>
      component.kind === 'agent' &&
      found.component.verdict === 'leak' &&
      found.agents.includes(component.name),
  )
  const notes = own.map(({ agents, beside }): Because => ({
    about: 'company',
    code: beside.includes(component.name) ? 'leaks-more' : 'leaks-together',
    others: agents.filter(name => name !== component.name),
  }))
  return { ...component, because: [...component.because, ...notes] }
}

/** Why it stands where it does, before warnings take anything away. */
function becauseOf(standing: Standing, metrics: readonly DecidedMetric[]): readonly Because[] {
  const { subject, metrics: looks } = standing.replay
  const of = (verdict: Verdict): readonly DecidedMetric[] =>
    metrics.filter(result => result.verdict === verdict)
  const say = (results: readonly DecidedMetric[]): readonly Because[] => results.map(({ because }) => because)
  if ('failure' in standing) return [standing.failure.because]
  if (metrics.length === 0)
    return [{ about: 'trials', code: 'none-completed', arm: subject.arm, reference: subject.reference }]
  if (standing.kind === 'leak') return say(mainFirst(of('leak')))
  const open = of('inconclusive')
  if (open.length > 0) return say(open.slice(0, 3))
  const released = looks.filter(({ status }) => status === 'leak').map(({ metric }) => metric)
  return [
    ...say(metrics.filter(({ metric }) => metric === 'heap' || released.some(one => one === metric))),
    ...(metrics.length > 1 ? [{ about: 'others', code: 'none-grows' } as const] : []),
  ]
}

type Weighed = Pick<DecidedMetric, 'metric' | 'growth' | 'threshold'>

/** The heap where it leaks, else the metric that exceeds its threshold by the largest factor. */
export function mainFirst<T extends Weighed>(leaks: readonly T[]): readonly T[] {
  const weight = ({ metric, growth, threshold }: Weighed): number =>
    metric === 'heap' ? Infinity : growth.estimate / threshold
  return [...leaks].sort((a, b) => (weight(a) < weight(b) ? 1 : weight(a) > weight(b) ? -1 : 0))
}

/** What having the component costs once: difference of the settled heap before the first operation. */
function startBytes(arm: readonly TrialRecord[], reference: readonly TrialRecord[] | null): number | null {
  if (reference === null || arm.length === 0 || reference.length === 0) return null
  const start = (trials: readonly TrialRecord[]): number =>
    mean(trials.map(trial => gridSample(trial, 'start').values.heap ?? NaN))
  const difference = start(arm) - start(reference)
  return Number.isFinite(difference) ? difference : null
}

/** Less needs no word. */
const LEAST_BYTES = 1_048_576

/** Array buffers that an agent fills while its collector does not answer, and that were not taken for growth. */
function heldBack(
  { subject, arm }: Pick<Replay, 'subject' | 'arm'>,
  settings: Pick<DecisionSettings, 'agents'>,
): Extract<Because, { about: 'held' }> | null {
  const held = heldWithin(arm, settings)
  const [trial] = arm
  if (held === null || trial === undefined || held.bytes < LEAST_BYTES) return null
  return { about: 'held', code: 'within', arm: subject.arm, backend: trial.backend, ...held }
}

/** Which verdicts of a component a warning takes to inconclusive. */
interface Downgrade {
  /** On a trial of its own arm. */
  readonly clean: boolean
  /** A leak by the second; one by the operation never. */
  readonly leakBySecond: boolean
  /** On a trial of its reference: what it is compared with was measured wrongly. */
  readonly referenceClean: boolean
}

const NONE: Downgrade = { clean: false, leakBySecond: false, referenceClean: false }
const CLEAN: Downgrade = { ...NONE, clean: true }

/**
 * What each warning takes away. Growth that was shown stays shown when something went unmeasured or was cut short; it
 * does not when time was wrong and growth is per second. A reference that did less work, or failed now and then, only makes a clean verdict harder.
 */
const DOWNGRADES: Readonly<Record<WarningCode, Downgrade>> = {
  // Enters every interval as a systematic uncertainty, so it needs no rule of its own.
  UNSETTLED: NONE,
  LOAD_INCOMPLETE: CLEAN,
  AGENT_ENGINE: CLEAN,
  AGENT_INERT: CLEAN,
  // What was to be compared was not exercised, with or without the agent.
  ANSWERS_REFUSED: { ...CLEAN, referenceClean: true },
  NEAR_HEAP_LIMIT: { ...CLEAN, referenceClean: true },
  CLOCK_JUMP: { clean: true, leakBySecond: true, referenceClean: true },
  TRIAL_FAILED: CLEAN,
  TRIAL_APART: CLEAN,
  GROWS_UNDER_LOAD: CLEAN,
  CHILD_PROCESSES_UNMEASURED: CLEAN,
  WORKER_THREADS_UNMEASURED: CLEAN,
  OTHER_SERVERS: { ...CLEAN, referenceClean: true },
  RSS_GROWTH: CLEAN,
  ENVIRONMENT_DROPPED: CLEAN,
  PACKAGE_CACHED: NONE,
  NOISY: NONE,
  FEW_OPERATIONS: CLEAN,
  EVIDENCE_UNAVAILABLE: NONE,
  // These concern sets of agents, not what a component does alone.
  TOGETHER_UNSETTLED: NONE,
  TOGETHER_GROWS: NONE,
  SHARDS_DIFFER: NONE,
  LEAK_SUPPRESSED: NONE,
  // These come after the verdict.
  NOTIFY_FAILED: NONE,
  HISTORY_FAILED: NONE,
  ERRORS_PRINTED: NONE,
}

/** The warnings that take a verdict from a component; none with `downgrades: false` ever does. */
function downgradesOf(
  subject: Subject,
  verdict: 'clean' | 'leak',
  warnings: readonly DecidedWarning[],
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const order = settings.agents.map(agent => agent.name)
  return warnings.filter(warning => {
    if (!warning.downgrades) return false
    const rule = DOWNGRADES[warning.code]
    const arm: ArmKey | null = warning.agents === undefined ? null : armKey(warning.agents, order)
    if (arm === null || arm === subject.arm) {
      return verdict === 'clean' ? rule.clean : rule.leakBySecond && settings.unit === 'second'
    }
    return arm === subject.reference && verdict === 'clean' && rule.referenceClean
  })
}
