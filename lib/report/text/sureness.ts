import type { Culprit, ReportData, TrialRecord } from '../../types/index.js'
import { formatBytes, formatNumber, formatDuration } from '../format/bytes.js'
import { list, plural } from '../format/layout.js'
import { isBytes, metricName } from '../format/growth.js'
import { everyCondition } from '../words/backends.js'
import { judgedInAll, isSameSet, ownSet, measuredLaunches } from '../judged.js'
import { culpritName } from './verdict-lines.js'

/** Why the verdict can be trusted, and how far. */
export function surenessLines(data: ReportData): string[] {
  const byCulprit = data.culprits.flatMap(culprit => [
    failuresLine(culprit, data),
    retentionLine(culprit, data),
  ])
  return [armsLine(data), errorLine(data), ...byCulprit].filter(line => line !== '')
}

function armsLine(data: ReportData): string {
  // What did not even start makes nothing surer, nor what no look took.
  const measured = measuredLaunches(data.trials).filter(({ outcome }) => outcome.kind !== 'not-started')
  const count = (set: (agents: readonly string[]) => boolean): number =>
    measured.filter(({ agents }) => set(agents)).length
  const agents = data.components.filter(({ kind }) => kind === 'agent')
  const looked = (agents.length === 0 ? data.components : agents).map(judgedInAll)
  const references = looked.flatMap(({ reference, trials }) =>
    agents.length === 0 ? trials : (reference ?? []),
  )
  const baseline = references.length > 0 ? Math.max(...references) : count(set => set.length === 0)
  const names = agents.map(({ name }) => name)
  if (names.length === 0) return `${plural(baseline, 'trial')} of the application, each a launch of its own.`
  const arms = new Map<number, string[]>()
  const alone = names.map(name => ownSet(name, data))
  for (const [index, name] of names.entries()) {
    if (count(set => isSameSet(set, alone[index] ?? [])) === 0) continue
    const own = looked[index]?.trials ?? 0
    arms.set(own, [...(arms.get(own) ?? []), name])
  }
  const isAlone = (agents: readonly string[]): boolean => alone.some(own => isSameSet(agents, own))
  const all = isAlone(names) ? 0 : count(agents => isSameSet(agents, names))
  const others = count(agents => agents.length > 0 && !isAlone(agents)) - all
  const withAgents = [
    ...[...arms].map(
      ([trials, ones]) => `${plural(trials, 'trial')} ${ones.length > 1 ? 'each ' : ''}with ${list(ones)}`,
    ),
    ...(all > 0
      ? [
          `${plural(all, 'trial')} with ${names.length > 2 ? `all ${String(names.length)} agents` : 'both agents'} together`,
        ]
      : []),
    ...(others > 0 ? [`${plural(others, 'trial')} with some of them together`] : []),
  ]
  const { backends } = data.options
  const spread = backends.length > 1 ? `, those with agents spread over ${everyCondition(backends)}` : ''
  const order = `each a launch of its own, in random order (seed ${String(data.options.seed)})`
  return `${withAgents.join(', ')}, against ${formatNumber(baseline)} without agents${spread}: ${order}.`
}

function errorLine(data: ReportData): string {
  const rate = `${String(Number((data.options.errorRate * 100).toPrecision(3)))}%`
  if (data.verdict === 'leak') {
    const all = data.options.backends.length > 1 ? 'components, conditions' : 'components'
    return `If nothing leaked, at most ${rate} of such reports would accuse anything by its growth, all ${all} and metrics together.`
  }
  return data.verdict === 'clean'
    ? 'Clean means shown, not assumed: the whole interval of every component lies below its threshold.'
    : 'For what is not settled neither a leak nor its absence is shown: this is no clean bill.'
}

/** An accusation that rests on trials that failed says so. */
function failuresLine(culprit: Culprit, data: ReportData): string {
  const { agents, reason } = culprit
  const own = trialsUnder(culprit, data).filter(trial =>
    agents.length === 0 ? trial.agents.length === 0 : agents.every(name => trial.agents.includes(name)),
  )
  const ends = own.filter(({ purpose }) => purpose === 'measure').map(({ outcome }) => outcome.kind)
  return ends.includes('out-of-memory') || (ends.length > 0 && ends.every(kind => kind === 'hung'))
    ? reason
    : ''
}

/** Trials under the condition whose figures are given. */
function trialsUnder({ backend }: Culprit, { trials, options }: ReportData): readonly TrialRecord[] {
  if (options.backends.length === 1) return trials
  return trials.filter(trial => trial.agents.length === 0 || trial.backend === backend)
}

/** What idle time released; nothing where that was not tried. */
export function retentionLine(culprit: Culprit, data: ReportData): string {
  const { retentionMs } = data.options
  const who = culpritName(culprit)
  if (retentionMs === 0) {
    return `No idle wait was asked for (retentionMs: 0): memory that ${who} would release later counts as leaked.`
  }
  const samples = retentionTrial(culprit, data)?.samples
  const before = samples?.filter(sample => sample.kind === 'grid').at(-1)
  const after = samples?.find(sample => sample.kind === 'retained')
  const [from, to] = [before?.values[culprit.metric], after?.values[culprit.metric]]
  if (!before || !after || typeof from !== 'number' || typeof to !== 'number') return ''
  const write = (amount: number): string =>
    isBytes(culprit.growth) ? formatBytes(amount) : `${formatNumber(amount)} ${metricName(culprit.metric)}`
  const released = to >= from ? 'does not release it' : 'does not release enough of it'
  const further = formatNumber(after.operations - before.operations)
  return `Idle time ${released}: with ${who} ${write(from)} after ${formatNumber(before.operations)} operations, ${write(to)} after ${formatDuration(retentionMs)} of rest and ${further} more.`
}

/** The idle check of the culprit: the one with the fewest other agents. */
function retentionTrial(culprit: Culprit, data: ReportData): TrialRecord | undefined {
  return trialsUnder(culprit, data)
    .filter(({ purpose }) => purpose === 'retention')
    .filter(({ agents }) => culprit.agents.every(name => agents.includes(name)))
    .toSorted((a, b) => a.agents.length - b.agents.length)[0]
}
