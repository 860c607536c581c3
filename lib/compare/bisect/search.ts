import { type VersionEvidence, growthModel, logOddsOf, takesPart, posterior } from './growth-model.js'

/** Everything that the search knows, by version, oldest first. */
export interface History {
  /** Minor line of each version, for example `4.21`. */
  readonly lines: readonly string[]
  readonly evidence: readonly VersionEvidence[]
  /** Growth of baseline trials beyond their mean, in thresholds. */
  readonly noise: readonly number[]
}

/** What is to be done next; versions by their index. */
type Step =
  /** One more trial of each. */
  | { readonly kind: 'test'; readonly versions: readonly number[] }
  /** Let the rule that judges agents decide on each. */
  | { readonly kind: 'confirm'; readonly versions: readonly number[] }
  | { readonly kind: 'done' }

/** Two versions, the later of which is the first with another answer; those between them cannot be used. */
interface Edge {
  readonly kind: 'bad' | 'fixed'
  readonly before: number
  readonly version: number
  readonly probability: number
  /** The rule says that the one leaks, and that the other is clean, or at least its trials tell it clearly from the first. */
  readonly confirmed: boolean
}

/** What is believed so far. */
export interface Belief {
  /** Probability that each version leaks; `null` where it cannot be used. */
  readonly bad: readonly (number | null)[]
  readonly edges: readonly Edge[]
}

/** A version is settled when it is as probable as this that it leaks, or does not. */
const SURE = 0.99
/** Trials of one version after which only the rule can tell. */
const MOST_TRIALS = 4
/** Versions that the rule is asked about, in all. */
const MOST_RULED = 12
/** Versions about which the rule had no answer, after which it is not asked any more. */
const MOST_OPEN = 4
/** Probability of a change between two neighbours where there are but a few versions. */
const MOST_CHANGE = 1 / 4

/** What the trials so far say of each version, and where the answer changes. Pure. */
export function beliefOf({ evidence, noise }: History): Belief {
  const model = growthModel(evidence, noise)
  const usable = evidence.flatMap((version, index) => (takesPart(version, model) ? [index] : []))
  const logOdds = usable.map(index => logOddsOf(evidence[index] as VersionEvidence, model))
  const believed = posterior(logOdds, Math.min(MOST_CHANGE, 1 / usable.length))
  const bad: (number | null)[] = evidence.map(() => null)
  for (const [at, index] of usable.entries()) bad[index] = believed.bad[at] ?? null
  const edges = usable.slice(1).flatMap((version, at): Edge[] => {
    const before = usable[at] as number
    const [was, is] = [isBad(bad[before]), isBad(bad[version])]
    if (was === is) return []
    const [leaks, other] = (is ? [version, before] : [before, version]).map(index => evidence[index]?.ruled)
    return [
      {
        kind: is ? 'bad' : 'fixed',
        before,
        version,
        probability: (is ? believed.begins[at] : believed.ends[at]) ?? 0,
        confirmed: leaks === 'leak' && (other === 'clean' || other === 'open'),
      },
    ]
  })
  return { bad, edges }
}

/**
 * What to do next: probe, then test where it is least known whether a version leaks, then let the rule decide about both sides
 * of every edge, or about the ends where there is none. What the rule says outweighs the trials, so that the search goes on
 * where it contradicts them. The same history gives the same step.
 */
export function nextStep(history: History): Step {
  const { evidence, lines } = history
  const belief = beliefOf(history)
  const isUsable = (index: number): boolean => belief.bad[index] !== null
  const isTested = (index: number): boolean => (evidence[index]?.scores.length ?? 0) > 0
  const probes = standIns(probeTargets(lines), lines.length, isUsable).filter(index => !isTested(index))
  if (probes.length > 0) return { kind: 'test', versions: probes }

  const uncertain = mostUncertain(belief, evidence)
  if (uncertain.length > 0) return { kind: 'test', versions: uncertain }

  const ruled = evidence.filter(version => version.ruled !== null).length
  const wanted = toConfirm(belief, evidence).filter(index => evidence[index]?.ruled === null)
  const open = evidence.filter(version => version.ruled === 'open').length
  if (wanted.length === 0 || ruled >= MOST_RULED || open >= MOST_OPEN) return { kind: 'done' }
  const untested = wanted.filter(index => !isTested(index))
  return untested.length > 0
    ? { kind: 'test', versions: untested }
    : { kind: 'confirm', versions: wanted.slice(0, MOST_RULED - ruled) }
}

/** Versions on both sides of every edge; without one, the oldest and the newest that were tested. */
function toConfirm({ edges, bad }: Belief, evidence: readonly VersionEvidence[]): number[] {
  if (edges.length > 0) {
    return [...new Set(edges.flatMap(({ before, version }) => [before, version]))].sort((a, b) => a - b)
  }
  const tested = evidence.flatMap(({ scores }, index) =>
    scores.length > 0 && bad[index] !== null ? [index] : [],
  )
  return [...new Set([...tested.slice(0, 1), ...tested.slice(-1)])]
}

/** Of every row of versions that are not settled, the one whose trial tells most. */
function mostUncertain({ bad }: Belief, evidence: readonly VersionEvidence[]): number[] {
  const chosen: number[] = []
  let best: { readonly index: number; readonly value: number } | null = null
  const endRow = (): void => {
    if (best !== null) chosen.push(best.index)
    best = null
  }
  for (const [index, probability] of bad.entries()) {
    if (probability === null) continue
    if (Math.max(probability, 1 - probability) >= SURE) {
      endRow()
      continue
    }
    if ((evidence[index]?.scores.length ?? 0) >= MOST_TRIALS) continue
    const value = entropy(probability) * startChance(index, evidence)
    if (best === null || value > best.value) best = { index, value }
  }
  endRow()
  return chosen
}

/** Versions that cannot be used come in rows: half of their neighbours cannot either. */
function startChance(index: number, evidence: readonly VersionEvidence[]): number {
  if ((evidence[index]?.scores.length ?? 0) > 0) return 1
  const distances = evidence.flatMap(({ unusable }, other) => (unusable ? [Math.abs(other - index)] : []))
  return distances.length === 0 ? 1 : 1 - 0.5 ** Math.min(...distances)
}

function entropy(probability: number): number {
  const part = (share: number): number => (share <= 0 ? 0 : -share * Math.log2(share))
  return part(probability) + part(1 - probability)
}

function isBad(probability: number | null | undefined): boolean {
  return (probability ?? 0) > 0.5
}

/** Most versions that are probed before the search. */
const MOST_PROBES = 8

/** Places of a further try when a version cannot be used, as distances: unusable versions come in rows. */
const TRIES = [0, 1, 2, 4, 8, 16, 32, 64]

/**
 * The versions to probe first, by their index: the two ends and the first version of every minor line, where leaks come in, or as
 * many of these as lie nearest to evenly spread places.
 * @param lines the minor line of every version, oldest first
 */
export function probeTargets(lines: readonly string[], most: number = MOST_PROBES): number[] {
  const last = lines.length - 1
  const starts = lines.flatMap((line, index) => (index > 0 && line === lines[index - 1] ? [] : [index]))
  const wanted = [...new Set([0, ...starts, last])].filter(index => index >= 0)
  if (wanted.length <= most) return wanted
  const chosen = new Set<number>()
  for (let step = 0; step < most; step++) {
    const place = (step * last) / (most - 1)
    const [nearest] = wanted
      .filter(index => !chosen.has(index))
      .sort((a, b) => Math.abs(a - place) - Math.abs(b - place))
    if (nearest !== undefined) chosen.add(nearest)
  }
  return [...chosen].sort((a, b) => a - b)
}

/**
 * Versions that stand for the targets: the target itself, or where it cannot be used, one near it and not beyond the middle between
 * it and the next target; none where that was tried often enough.
 */
export function standIns(
  targets: readonly number[],
  count: number,
  isUsable: (index: number) => boolean,
): number[] {
  const chosen = targets.flatMap((target, at) => {
    const [before, after] = [targets[at - 1], targets[at + 1]]
    const low = before === undefined ? 0 : Math.floor((before + target) / 2) + 1
    const high = after === undefined ? count - 1 : Math.ceil((target + after) / 2) - 1
    const tries = TRIES.flatMap(distance =>
      distance === 0 ? [target] : [target + distance, target - distance],
    )
    const next = tries.find(index => index >= low && index <= high && isUsable(index))
    return next === undefined ? [] : [next]
  })
  return [...new Set(chosen)].sort((a, b) => a - b)
}
