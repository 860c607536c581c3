import { margin } from '../stats/effect.js'
import type { Growth, Metric, TrialRecord, Verdict } from '../../types/index.js'
import type { MetricWhy, Place, Settles } from '../because.js'
import type { DecidedMetric } from '../types.js'
import { cleanLevel } from '../rule/looks.js'
import type { MetricLook, Replay } from '../rule/replay.js'
import type { Retention } from '../rule/retention-rule.js'
import { metricVerdict } from '../standing/standing.js'
import { gridSample } from '../growth/trial-growth.js'
import { isCount, operationsToAccuse, thresholdOf, growthOf, unknownGrowth } from '../growth/thresholds.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

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

/** Most operations that are suggested, as a multiple of those of the call. */
const MOST_TIMES = 64

/** How far a suggested threshold lies beyond what the trials cannot tell from it. */
const BEYOND = 1.1
const SHORT_OF = 0.9

/**
 * What another run would need in order to decide a metric, from the noise that was seen: what varies between readings
 * does not grow with the operations between them, so its share of the growth falls as they get more.
 */
function whatWouldSettle(look: MetricLook, operations: number, settings: DecisionSettings): Settles {
  const { status, threshold, effects } = look
  const longer = { code: 'longer', operations: operations * 2, forgives: null, step: false } as const
  if (status === 'filling') return { ...longer, forgives: operations }
  if (status === 'late') return { ...longer, step: true }
  if (status === 'warming')
    return { ...longer, operations: Math.max(2 * operations, Math.ceil(operationsToAccuse(settings, 1))) }
  // Counts are exact, and their threshold falls as trials get longer.
  if (isCount(look.metric)) return longer
  const { estimate } = effects.late
  const wide = margin(effects.late, cleanLevel(settings.errorRate))
  const gap = Math.abs(threshold - estimate)
  const factor = gap > 0 ? 2 ** Math.max(1, Math.ceil(Math.log2(wide / gap))) : Infinity
  // As a value of the option: that of memory outside the heap is a multiple of it.
  const asOption = (bytes: number): number => (bytes * settings.threshold) / threshold
  const above = asOption((Math.max(0, estimate) + wide) * BEYOND)
  if (factor <= MOST_TIMES) return { code: 'longer-or-threshold', operations: operations * factor, above }
  const low = Math.max(0, estimate - wide)
  return { code: 'threshold', below: low > 0 ? asOption(low * SHORT_OF) : null, above }
}

/** Parts with one script in common, by kind and script. */
interface Group {
  /** Growth over the last half of a trial, mean of the trials. */
  growth: number
  /** Of each member that is there at both ends. */
  readonly members: Map<string, number>
  /** How many there are in the middle and at the end, mean of the trials. */
  halfCount: number
  endCount: number
}

/** Growth in number that makes a group one that piles up. */
const PILES_UP = 1.25
/** Share of the group's growth by which one member is named alone. */
const MOST_IN_ONE = 0.75

/**
 * The thread or process whose growth over the last half of the trials, beyond the reference's, is the largest share;
 * `null` when everything was on the main thread.
 */
export function whereItGrows(metric: Metric, { arm, reference }: Replay): Place | null {
  const trials = [...arm, ...(reference ?? [])]
  if (!trials.some(trial => gridSample(trial, 'end').parts !== undefined)) return null
  const groups = groupsOf(arm, metric)
  const others = groupsOf(reference ?? [], metric)
  const [most] = [...groups]
    .map(([name, group]) => ({ name, group, growth: group.growth - (others.get(name)?.growth ?? 0) }))
    .sort((a, b) => b.growth - a.growth || (a.name < b.name ? -1 : 1))
  return most === undefined || most.growth <= 0 ? null : placeOf(most.name, most.group)
}

function groupsOf(trials: readonly TrialRecord[], metric: Metric): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const trial of trials) {
    const half = valuesOf(trial, 'half', metric)
    const end = valuesOf(trial, 'end', metric)
    for (const label of new Set([...half.keys(), ...end.keys()])) {
      const name = label.replace(/ #\d+$/, '')
      const group: Group = groups.get(name) ?? { growth: 0, members: new Map(), halfCount: 0, endCount: 0 }
      groups.set(name, group)
      const grown = ((end.get(label) ?? 0) - (half.get(label) ?? 0)) / trials.length
      group.growth += grown
      if (half.has(label)) group.halfCount += 1 / trials.length
      if (end.has(label)) group.endCount += 1 / trials.length
      group.members.set(label, (group.members.get(label) ?? 0) + grown)
    }
  }
  return groups
}

function valuesOf(trial: TrialRecord, point: 'half' | 'end', metric: Metric): Map<string, number> {
  const { parts, values } = gridSample(trial, point)
  if (parts === undefined) return new Map([['main thread', values[metric] ?? 0]])
  return new Map(parts.map(part => [part.label, part.values[metric] ?? 0]))
}

function placeOf(label: string, { growth, members, halfCount, endCount }: Group): Place {
  if (endCount > halfCount * PILES_UP) {
    return { code: 'more-and-more', label, from: Math.round(halfCount), to: Math.round(endCount) }
  }
  if (members.size === 1) return { code: 'one', label }
  const [first] = [...members].sort(([, a], [, b]) => b - a)
  return first !== undefined && first[1] > MOST_IN_ONE * growth
    ? { code: 'one', label: first[0] }
    : { code: 'several', label, count: Math.round(endCount) }
}
