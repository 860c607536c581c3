import { mean } from '../stats/effect.js'
import type { Growth, TrialRecord, Verdict } from '../../types/index.js'
import type { Because, DecidedWarning } from '../because.js'
import type { DecidedComponent, DecidedMetric } from '../decided.js'
import { shownBy, verdictOf, type Standing } from '../standing/standing.js'
import type { Interaction } from '../search/findings.js'
import { BASELINE, armAgents } from '../growth/arms.js'
import { downgradesOf } from './downgrades.js'
import { unknownGrowth } from '../growth/growth.js'
import { metricResult } from './metric-result.js'
import type { TrialBook } from '../growth/trial-book.js'
import { heldBack } from './held-back.js'
import { takenOnce } from './once.js'
import { gridSample } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

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
