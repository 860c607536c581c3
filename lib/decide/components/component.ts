import { mean } from '../stats/effect.js'
import type { Growth, TrialRecord, Verdict } from '../../types.js'
import type { Because, DecidedComponent, DecidedMetric, DecidedWarning } from '../because.js'
import type { Judged } from '../search/evidence.js'
import type { Interaction } from '../search/findings.js'
import { BASELINE, armAgents } from '../growth/arms.js'
import { downgradesOf } from './downgrades.js'
import { unknownGrowth } from '../growth/growth.js'
import type { Judgement } from '../standing/judgement.js'
import { metricResult } from './metric-result.js'
import type { TrialBook } from '../growth/trial-book.js'
import { gridSample } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../settings.js'

/** The component of the report that follows from a judgement, before what the whole run adds. */
export function componentOf(
  judgement: Judgement,
  baseline: Growth,
  book: TrialBook,
  warnings: readonly DecidedWarning[],
  settings: DecisionSettings,
): DecidedComponent {
  const { replay, failure, retention } = judgement
  const { subject } = replay
  const metrics = replay.metrics.map(look =>
    metricResult(look, replay, retention.get(look.metric) ?? null, settings),
  )
  const heap = metrics.find(({ metric }) => metric === 'heap')
  const raw = rawVerdict(judgement, metrics)
  const lost = raw.verdict === 'inconclusive' ? [] : downgradesOf(subject, raw.verdict, warnings, settings)
  const growth = failure?.kind === 'leak' ? failure.growth : (heap?.growth ?? unknownGrowth('heap', settings))
  return {
    name: subject.name,
    kind: subject.kind === 'application' ? 'application' : 'agent',
    verdict: lost.length > 0 ? 'inconclusive' : raw.verdict,
    growth,
    baseline: subject.kind === 'application' ? growth : baseline,
    metrics,
    startBytes: startBytes(replay.arm, replay.reference),
    because:
      lost.length > 0
        ? [{ about: 'warnings', code: 'verdict-lost', verdict: raw.verdict, warnings: lost }, ...raw.because]
        : raw.because,
    trials: book.all(subject.arm).filter(({ continues }) => continues === undefined).length,
  }
}

/**
 * An agent that was only on together with others: clean as one of them, otherwise it is not known whether it is the one
 * that grows. The growth is that of the set.
 */
export function memberOf(
  name: string,
  set: DecidedComponent,
  { judgement, shown }: Judged,
): DecidedComponent {
  const { arm, reference } = judgement.replay.subject
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
      shown === 'leak' && set.verdict !== 'clean'
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

interface RawVerdict {
  readonly verdict: Verdict
  readonly because: readonly Because[]
}

/** What looks, failures and the retention trial show, before warnings take anything away. */
export function rawVerdict(judgement: Judgement, metrics: readonly DecidedMetric[]): RawVerdict {
  const { replay, failure } = judgement
  if (failure !== null && failure.kind !== 'needs-reference') {
    return { verdict: failure.kind, because: [failure.because] }
  }
  const of = (verdict: Verdict): readonly DecidedMetric[] =>
    metrics.filter(result => result.verdict === verdict)
  const say = (results: readonly DecidedMetric[]): readonly Because[] => results.map(({ because }) => because)
  if (replay.state === 'leak') {
    const leaks = of('leak')
    if (leaks.length > 0) return { verdict: 'leak', because: say(mainFirst(leaks)) }
  }
  if (metrics.length === 0) {
    const { subject } = replay
    return {
      verdict: 'inconclusive',
      because: [{ about: 'trials', code: 'none-completed', arm: subject.arm, reference: subject.reference }],
    }
  }
  const open = of('inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', because: say(open.slice(0, 3)) }
  const released = replay.metrics.filter(({ status }) => status === 'leak').map(({ metric }) => metric)
  return {
    verdict: 'clean',
    because: [
      ...say(metrics.filter(({ metric }) => metric === 'heap' || released.some(one => one === metric))),
      ...(metrics.length > 1 ? [{ about: 'others', code: 'none-grows' } as const] : []),
    ],
  }
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
