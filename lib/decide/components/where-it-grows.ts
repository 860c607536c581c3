import type { Metric, TrialRecord } from '../../types/index.js'
import type { Place } from '../because.js'
import type { Replay } from '../rule/replay.js'
import { gridSample } from '../growth/trial-growth.js'

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
const MOST = 0.75

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
  return first !== undefined && first[1] > MOST * growth
    ? { code: 'one', label: first[0] }
    : { code: 'several', label, count: Math.round(endCount) }
}
