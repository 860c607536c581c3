import { mean } from '../stats/effect.js'
import type { Component, Growth, MetricResult, TrialRecord, Verdict, Warning } from '../../types.js'
import type { Judged } from '../search/evidence.js'
import type { Interaction } from '../search/findings.js'
import { BASELINE, armAgents, armName } from '../growth/arms.js'
import { downgradesOf } from './downgrades.js'
import { unknownGrowth } from '../growth/growth.js'
import type { Judgement } from './judgement.js'
import { metricResult } from './metric-result.js'
import type { TrialBook } from '../growth/trial-book.js'
import { gridSample } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../types.js'
import { list } from './wording.js'

/** The component of the report that follows from a judgement, before what the whole run adds. */
export function componentOf(
  judgement: Judgement,
  baseline: Growth,
  book: TrialBook,
  warnings: readonly Warning[],
  settings: DecisionSettings,
): Component {
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
    reason: lost.length > 0 ? lostReason(raw, lost) : raw.reason,
    trials: book.all(subject.arm).filter(({ continues }) => continues === undefined).length,
  }
}

/**
 * An agent that was only on together with others: clean as one of them, otherwise it is not known whether it is the one
 * that grows. The growth is that of the set.
 */
export function memberOf(name: string, set: Component, { judgement, shown }: Judged): Component {
  const { arm, reference } = judgement.replay.subject
  const beside = armAgents(reference ?? BASELINE)
  const others = armAgents(arm).filter(other => other !== name && !beside.includes(other))
  const together = `It was on together with ${list(others)}. ${set.reason}`
  const undecided = (verdict: Verdict): Verdict => (verdict === 'leak' ? 'inconclusive' : verdict)
  return {
    ...set,
    name,
    verdict: undecided(set.verdict),
    metrics: set.metrics.map(result => ({ ...result, verdict: undecided(result.verdict) })),
    startBytes: null,
    reason:
      shown === 'leak' && set.verdict !== 'clean'
        ? `${together} Which of them it is was not found out before the run ended.`
        : together,
  }
}

/** Says of an agent that leaks only in company that it does. */
export function withCompany(
  component: Component,
  interactions: readonly (Pick<Interaction, 'agents' | 'beside'> & { readonly component: Component })[],
): Component {
  const own = interactions.filter(
    found =>
      component.kind === 'agent' &&
      found.component.verdict === 'leak' &&
      found.agents.includes(component.name),
  )
  const notes = own.map(({ agents, beside }) => {
    const others = list(agents.filter(name => name !== component.name))
    return beside.includes(component.name)
      ? `Together with ${others} it leaks more.`
      : `That is so without ${others}: together they leak.`
  })
  return notes.length === 0 ? component : { ...component, reason: [component.reason, ...notes].join(' ') }
}

interface RawVerdict {
  readonly verdict: Verdict
  readonly reason: string
}

/** What looks, failures and the retention trial show, before warnings take anything away. */
export function rawVerdict(judgement: Judgement, metrics: readonly MetricResult[]): RawVerdict {
  const { replay, failure } = judgement
  if (failure !== null && failure.kind !== 'needs-reference') {
    return { verdict: failure.kind, reason: failure.reason }
  }
  const of = (verdict: Verdict): readonly MetricResult[] =>
    metrics.filter(result => result.verdict === verdict)
  const say = (results: readonly MetricResult[]): string => results.map(({ reason }) => reason).join(' ')
  if (replay.state === 'leak') {
    const leaks = of('leak')
    if (leaks.length > 0) return { verdict: 'leak', reason: say(mainFirst(leaks)) }
  }
  if (metrics.length === 0) {
    const { subject } = replay
    return {
      verdict: 'inconclusive',
      reason: `No trial of ${armName(subject.arm)}${subject.reference === null ? '' : ` or of ${armName(subject.reference)}`} was completed.`,
    }
  }
  const open = of('inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', reason: say(open.slice(0, 3)) }
  const others = metrics.length > 1 ? ' Nothing else that was measured grows with it.' : ''
  const released = replay.metrics.filter(({ status }) => status === 'leak').map(({ metric }) => metric)
  return {
    verdict: 'clean',
    reason:
      say(metrics.filter(({ metric }) => metric === 'heap' || released.some(one => one === metric))) + others,
  }
}

/** The heap where it leaks, else the metric that exceeds its threshold by the largest factor. */
export function mainFirst(leaks: readonly MetricResult[]): readonly MetricResult[] {
  const weight = ({ metric, growth, threshold }: MetricResult): number =>
    metric === 'heap' ? Infinity : growth.estimate / threshold
  return [...leaks].sort((a, b) => (weight(a) < weight(b) ? 1 : weight(a) > weight(b) ? -1 : 0))
}

function lostReason(raw: RawVerdict, lost: readonly Warning[]): string {
  const messages = [...new Set(lost.map(({ message }) => message))]
  const verdict = raw.verdict === 'leak' ? 'a leak' : 'clean'
  return `It would be called ${verdict}, but ${messages.join('; ')}. ${raw.reason}`
}

/** What having the component costs once: difference of the settled heap before the first operation. */
function startBytes(arm: readonly TrialRecord[], reference: readonly TrialRecord[] | null): number | null {
  if (reference === null || arm.length === 0 || reference.length === 0) return null
  const start = (trials: readonly TrialRecord[]): number =>
    mean(trials.map(trial => gridSample(trial, 'start').values.heap ?? NaN))
  const difference = start(arm) - start(reference)
  return Number.isFinite(difference) ? difference : null
}
