import { measuredLaunches } from '../judged.js'
import { BASELINE_LOOK, COMPANY_LOOK, CULPRIT_LOOKS, OTHER_LOOKS, type Look } from '../charts/look.js'
import type { Culprit, Metric, ReportData, TrialRecord } from '../../types/index.js'
import { list, plural } from '../format/layout.js'
import { culpritName } from '../text/verdict-lines.js'

/** Trials that are drawn alike. */
export interface TrialGroup {
  readonly name: string
  readonly look: Look
  /** Whether it is what the verdict is about. */
  readonly isMain: boolean
  readonly trials: readonly TrialRecord[]
}

type Role = 'culprit' | 'company' | 'baseline' | 'other'

interface Arm {
  readonly name: string
  readonly role: Role
  readonly trials: readonly TrialRecord[]
}

/** Sets of more agents are named by their first two. */
const MOST_NAMED = 4

/**
 * The trials that readings of a metric are drawn of, those of the culprits last, so that they lie on top. Who leaks something
 * else is no culprit here.
 */
export function trialGroups(data: ReportData, metric: Metric): readonly TrialGroup[] {
  const culprits = data.culprits.filter(culprit =>
    [culprit, ...culprit.alsoGrows].some(grown => grown.metric === metric),
  )
  const arms = armsOf(data, culprits)
  const of = (role: Role): readonly Arm[] => arms.filter(arm => arm.role === role)
  const groups = (
    some: readonly Arm[],
    looks: readonly Look[],
    merged: (count: number) => string,
    isMain: boolean,
  ): TrialGroup[] =>
    fitted(some, looks.length, merged).map(({ name, trials }, index) => ({
      ...{ name, trials, isMain },
      look: looks[index] ?? BASELINE_LOOK,
    }))
  const named = list(culprits.filter(({ kind }) => kind !== 'application').map(culpritName))
  const others = (count: number): string =>
    named === '' ? `${plural(count, 'set')} of agents` : `${plural(count, 'set')} without ${named}`
  return [
    ...groups(of('other'), OTHER_LOOKS, others, false),
    ...groups(of('baseline'), [BASELINE_LOOK], () => 'no agents', false),
    ...groups(of('company'), [COMPANY_LOOK], () => `${named} among others`, false),
    ...groups(of('culprit'), CULPRIT_LOOKS, count => `${plural(count, 'set')} that leak`, true),
  ]
}

/** Sets of agents, each under its condition, in the order of their first trial. */
function armsOf(data: ReportData, culprits: readonly Culprit[]): readonly Arm[] {
  const bySet = new Map<string, TrialRecord[]>()
  const checks = data.trials.filter(
    ({ purpose, continues }) => purpose === 'retention' && continues === undefined,
  )
  for (const trial of [...measuredLaunches(data.trials), ...checks].toSorted((a, b) => a.id - b.id)) {
    const name = setName(trial, data)
    bySet.set(name, [...(bySet.get(name) ?? []), trial])
  }
  return [...bySet].flatMap(([, trials]) => {
    const [first] = trials
    return first === undefined
      ? []
      : [{ name: shortSetName(first, data), trials, role: roleOf(first, data, culprits) }]
  })
}

/** What was on in a trial: `audit`, `no agents`, `a and b, collector slow`. */
export function setName({ agents, backend }: TrialRecord, { options }: ReportData): string {
  if (agents.length === 0) {
    if (options.agents.length === 0) return 'the application'
    return options.carrier ? `${options.carrier.name} alone` : 'no agents'
  }
  return options.backends.length > 1 ? `${list(agents)}, collector ${backend}` : list(agents)
}

function roleOf(
  { agents, backend }: TrialRecord,
  { trials }: ReportData,
  culprits: readonly Culprit[],
): Role {
  if (agents.length === 0) {
    return culprits.some(({ kind }) => kind === 'application') ? 'culprit' : 'baseline'
  }
  const carried = culprits.filter(culprit => isIn(culprit, agents) && culprit.backends.includes(backend))
  if (carried.length === 0) return 'other'
  const isSmallest = carried.some(culprit =>
    trials.every(other => !isIn(culprit, other.agents) || other.agents.length >= agents.length),
  )
  return isSmallest ? 'culprit' : 'company'
}

/** The same for a chart, where sets of many agents are named in short. */
function shortSetName(trial: TrialRecord, data: ReportData): string {
  const { agents } = trial
  if (agents.length <= MOST_NAMED) return setName(trial, data)
  const isAll = agents.length === data.options.agents.length
  const named = isAll
    ? `all ${String(agents.length)} agents`
    : `${agents.slice(0, 2).join(', ')} and ${String(agents.length - 2)} more`
  return setName({ ...trial, agents: [named] }, data)
}

function isIn(culprit: Culprit, agents: readonly string[]): boolean {
  return culprit.agents.length > 0 && culprit.agents.every(name => agents.includes(name))
}

/** As they are where there is a look for each; else as one. */
function fitted(arms: readonly Arm[], most: number, merged: (count: number) => string): readonly Arm[] {
  const [first] = arms
  if (first === undefined || arms.length <= most) return arms
  return [{ name: merged(arms.length), role: first.role, trials: arms.flatMap(({ trials }) => trials) }]
}
