import { margin } from '../stats/effect.js'
import type { Growth, Metric, MetricResult, Verdict } from '../../types.js'
import { armName } from '../growth/arms.js'
import type { Subject } from '../growth/arms.js'
import { growthOf, growthUnit, unknownGrowth } from '../growth/growth.js'
import { cleanLevel } from '../rule/looks.js'
import type { MetricLook, NextLook, Replay } from '../rule/replay.js'
import type { Retention } from '../rule/retention-rule.js'
import { gridSample } from '../growth/trial-growth.js'
import { isCount, thresholdOf } from '../growth/thresholds.js'
import type { DecisionSettings } from '../types.js'
import { whatWouldSettle } from './what-would-settle.js'
import { whereItGrows } from './where-it-grows.js'
import { amount, interval, metricName, whole } from './wording.js'

/** The verdict on one metric, from its last look and, where it was accused, from the retention trial. */
export function metricResult(
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
): MetricResult {
  const trials = Math.min(taken.arm.length, taken.reference?.length ?? Infinity)
  const growth =
    trials < 2
      ? unknownGrowth(look.metric, settings, look.effects.late.estimate)
      : growthOf(look.effects.late, look.metric, settings)
  const verdict = metricVerdict(look, taken, retention, settings)
  const where = verdict === 'leak' ? whereItGrows(look.metric, taken) : null
  return {
    metric: look.metric,
    verdict,
    growth: retention?.kind === 'released' ? stays(retention, growth) : growth,
    threshold: look.threshold,
    reason: reasonOf(verdict, look, taken, retention, settings, growth, where),
    ...(where === null ? {} : { where }),
  }
}

/** A bound that contradicts the verdict helps nobody: growth that idle time releases is reported as what stays of it. */
function stays({ keptGrowth, doubt }: Retention, { unit }: Growth): Growth {
  return { estimate: keptGrowth, low: keptGrowth - doubt, high: keptGrowth + doubt, unit }
}

/** The verdict alone, without the sentences. */
export function metricVerdict(
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
): Verdict {
  if (look.status === 'leak' && taken.state === 'leak') {
    if (retention === null) return settings.retentionMs === 0 ? 'leak' : 'inconclusive'
    return retention.kind === 'kept' ? 'leak' : retention.kind === 'released' ? 'clean' : 'inconclusive'
  }
  return look.clean ? 'clean' : 'inconclusive'
}

function reasonOf(
  verdict: Verdict,
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
  growth: Growth,
  where: string | null,
): string {
  const { metric, threshold } = look
  const unit = growthUnit(metric, settings.unit)
  const limit = amount(threshold, metric, unit)
  const grown = growsBy(
    taken.subject,
    metric,
    Number.isFinite(growth.high) ? interval(growth, metric) : amount(growth.estimate, metric, unit),
    growth,
  )
  const wait = `${whole(settings.retentionMs / 1000)} s of idle time`
  if (retention?.kind === 'released') {
    return `${grown}, but ${wait} released it: what stays is ${amount(retention.keptGrowth, metric, unit)}, below the threshold of ${limit}.`
  }
  if (retention?.kind === 'unclear') {
    return `${grown}. After ${wait}, ${whole(Math.max(0, retention.keptShare) * 100)}% of what had grown in the last half was left: neither enough to call it a leak nor little enough to rule one out. ${longerWait(taken, settings)}`
  }
  if (verdict === 'leak') {
    const kept = retention === null ? '' : `, and ${wait} did not release it`
    const type = metric === 'handles' ? resourceType(taken) : ''
    const place = where === null ? '' : ` It grows in ${where}.`
    const same = isCount(metric) ? '' : ` ${lookAlike(taken, retention, settings)}`
    return `${grown} in every part of the trials after the first quarter, above the threshold of ${limit}${kept}.${place}${type}${same}`
  }
  if (look.status === 'leak') {
    return `${grown}, above the threshold of ${limit}. Whether idle time releases it was not checked before the run ended.`
  }
  if (verdict === 'clean') return cleanReason(look, taken, grown, limit, settings)
  if (taken.next !== null && look.status === 'open')
    return `${grown}. ${tooEarly(taken, taken.next, settings)}`
  return `${grown}. ${whyOpen(look, taken, limit)} ${whatWouldSettle(look, taken.operations, settings)}`
}

/** What is no leak and would look like this one, with the numbers from which on it does. */
function lookAlike(taken: Replay, retention: Retention | null, settings: DecisionSettings): string {
  const quarter = whole(taken.operations / 4)
  if (settings.unit === 'second') return `Memory that is held for more than ${quarter} s would look the same.`
  const held =
    retention === null
      ? ''
      : `, or memory that is held for more than ${whole(settings.retentionMs / 1000)} s,`
  return `A bounded cache of more than ${quarter} entries${held} would look the same.`
}

/** What would tell growth that idle time releases in part from a leak. */
function longerWait(taken: Replay, { unit, retentionMs }: DecisionSettings): string {
  const word = unit === 'second' ? 'seconds' : 'operations'
  const operations = `${whole(taken.operations * 2)} ${word} a trial or more`
  return `A run with a \`retentionMs\` of ${whole(retentionMs * 2)} or more and ${operations} would tell.`
}

function cleanReason(
  look: MetricLook,
  taken: Replay,
  grown: string,
  limit: string,
  settings: DecisionSettings,
): string {
  const { metric, effects } = look
  if (isCount(metric)) return `${grown}: below ${limit} in most trials.`
  const most = effects.late.estimate + margin(effects.late, cleanLevel(settings.errorRate))
  const ruledOut = amount(Math.max(0, most), metric, growthUnit(metric, settings.unit))
  const isPiece = look.threshold > thresholdOf(metric, settings, taken.operations)
  const threshold = isPiece
    ? `it moves in pieces, as pools do, and not in every trial; one of 4 MiB would make ${limit}`
    : `the threshold is ${limit}`
  return `${grown}: growth above ${ruledOut} is ruled out, ${threshold}.`
}

function trialsSeen({ arm, reference }: Replay): string {
  const count = Math.min(arm.length, reference?.length ?? Infinity)
  return `${whole(count)} ${count === 1 ? 'trial' : 'trials'} of each arm`
}

function tooEarly(taken: Replay, next: NextLook, { unit }: DecisionSettings): string {
  const size = `${whole(next.operations)} ${unit === 'second' ? 'seconds' : 'operations'}`
  const needed =
    taken.subject.reference === null
      ? `${whole(next.trials)} trials`
      : `${whole(next.trials)} trials with it and ${whole(next.reference)} without`
  return (
    `The run ended too early to decide, after ${trialsSeen(taken)}: ` +
    `the next look needs ${needed}, of ${size} each.`
  )
}

function whyOpen(look: MetricLook, taken: Replay, limit: string): string {
  const seen = trialsSeen(taken)
  switch (look.status) {
    case 'filling':
      return 'The growth slows down from one part of the trials to the next, as that of a cache that fills.'
    case 'late':
      return 'The growth began only in the last half of the trials: it may be a single step or a leak that begins late.'
    case 'close':
      return `It is near the threshold of ${limit}, which needs longer trials to confirm.`
    case 'warming':
      return 'So few operations do not tell it from the growth of what is still warming up.'
    case 'apart':
      return 'One trial grows throughout by a multiple of the threshold, the others do not.'
    case 'open':
    case 'clean':
    case 'leak':
      return `After ${seen} neither a leak nor its absence is shown at the threshold of ${limit}.`
  }
}

function growsBy(subject: Subject, metric: Metric, by: string, growth: Growth): string {
  const what = `the ${metricName(metric)}`
  if (subject.kind === 'application') return `In the application alone ${what} grows by ${by}`
  const without = subject.reference === '[]' ? 'without' : `with ${armName(subject.reference ?? '[]')} alone`
  return growth.estimate < 0
    ? `With ${subject.name} ${what} grows no faster than ${without}, by ${by}`
    : `With ${subject.name} ${what} grows by ${by} more than ${without}`
}

/** The type of active resource that grew most in the last half, beyond the reference. */
function resourceType({ arm, reference }: Replay): string {
  const growthByType = (trials: readonly Replay['arm'][number][]): Map<string, number> => {
    const total = new Map<string, number>()
    for (const trial of trials) {
      for (const [type, count] of Object.entries(gridSample(trial, 'end').resources)) {
        const grown = count - (gridSample(trial, 'half').resources[type] ?? 0)
        total.set(type, (total.get(type) ?? 0) + grown / trials.length)
      }
    }
    return total
  }
  const others = growthByType(reference ?? [])
  const grown = [...growthByType(arm)].map(([type, count]) => ({
    type,
    count: count - (others.get(type) ?? 0),
  }))
  const [most] = grown.sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
  return most !== undefined && most.count > 0 ? ` The type that grows is ${most.type}.` : ''
}
