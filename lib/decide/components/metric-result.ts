import { margin } from '../stats/effect.js'
import type { Growth, Verdict } from '../../types/index.js'
import type { MetricWhy, Place } from '../because.js'
import type { DecidedMetric } from '../decided.js'
import { growthOf, unknownGrowth } from '../growth/growth.js'
import { cleanLevel } from '../rule/looks.js'
import type { MetricLook, Replay } from '../rule/replay.js'
import type { Retention } from '../rule/retention-rule.js'
import { metricVerdict } from '../standing/metric-verdict.js'
import { gridSample } from '../growth/trial-growth.js'
import { isCount, thresholdOf } from '../growth/thresholds.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { whatWouldSettle } from './what-would-settle.js'
import { whereItGrows } from './where-it-grows.js'

/** What is decided of one metric, and why. */
export function metricResult(
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
): DecidedMetric {
  const { metric, threshold } = look
  const growth =
    trialsSeen(taken) < 2
      ? unknownGrowth(metric, settings, look.effects.late.estimate)
      : growthOf(look.effects.late, metric, settings)
  const verdict = metricVerdict(look, taken, retention, settings)
  const where = verdict === 'leak' ? whereItGrows(metric, taken) : null
  const { kind, name, reference } = taken.subject
  return {
    metric,
    verdict,
    growth: retention?.kind === 'released' ? stays(retention, growth) : growth,
    threshold,
    because: {
      about: 'metric',
      subject: { kind, name, reference },
      metric,
      growth,
      threshold,
      ...whyOf(verdict, { look, taken, retention, where, settings }),
    },
    ...(where === null ? {} : { where }),
  }
}

/** A bound that contradicts the verdict helps nobody: growth that idle time releases is reported as what stays of it. */
function stays({ keptGrowth, doubt }: Retention, { unit }: Growth): Growth {
  return { estimate: keptGrowth, low: keptGrowth - doubt, high: keptGrowth + doubt, unit }
}

interface Judged {
  readonly look: MetricLook
  readonly taken: Replay
  readonly retention: Retention | null
  readonly where: Place | null
  readonly settings: DecisionSettings
}

function whyOf(verdict: Verdict, { look, taken, retention, where, settings }: Judged): MetricWhy {
  const { metric, status, effects, threshold } = look
  const { operations } = taken
  const waitMs = retention?.idleMs ?? settings.retentionMs
  if (retention?.kind === 'released') return { code: 'released', waitMs, keptGrowth: retention.keptGrowth }
  if (retention?.kind === 'unclear')
    return { code: 'partly-released', waitMs, keptShare: Math.max(0, retention.keptShare), operations }
  if (retention?.pending !== undefined) return { code: 'not-due', waitMs, ...retention.pending }
  if (verdict === 'leak') {
    const resource = metric === 'handles' ? resourceType(taken) : null
    const poolBytes = metric === 'arrayBuffers' ? (taken.arm[0]?.bufferPoolBytes ?? null) : null
    const kept = { waitMs: retention === null ? null : waitMs, operations }
    return { code: 'leak', ...kept, where, resource, poolBytes }
  }
  if (status === 'leak') return { code: 'unchecked' }
  if (verdict === 'clean') {
    if (isCount(metric)) return { code: 'few' }
    const most = Math.max(0, effects.late.estimate + margin(effects.late, cleanLevel(settings.errorRate)))
    return { code: 'ruled-out', most, inPieces: threshold > thresholdOf(metric, settings, operations) }
  }
  const trials = trialsSeen(taken)
  if (taken.next !== null && (status === 'open' || status === 'few'))
    return { code: 'early', trials, next: taken.next }
  return { code: 'undecided', status, trials, settles: whatWouldSettle(look, operations, settings) }
}

function trialsSeen({ arm, reference }: Replay): number {
  return Math.min(arm.length, reference?.length ?? Infinity)
}

/** The type of active resource that grew most in the last half, beyond the reference. */
function resourceType({ arm, reference }: Replay): string | null {
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
  return most !== undefined && most.count > 0 ? most.type : null
}
