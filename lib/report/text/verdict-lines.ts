import { boundsOf } from '../../decide/growth/thresholds.js'
import type { Component, Culprit, Growth, Metric, ReportData } from '../../types/index.js'
import { collectorDoes, everyCondition, whereConditionsDiffer } from '../words/backends.js'
import { amountText, growthPhrase, growthText, isBytes, metricName, perWhat } from '../format/growth.js'
import { list, plural } from '../format/layout.js'
import { formatBytes, formatNumber, formatDuration } from '../format/bytes.js'
import { answersByStatus } from '../conditions.js'

/** One sentence for a culprit: who, how much of what, how exactly. */
export function culpritLine(culprit: Culprit, data: ReportData): string {
  const { interval } = growthText(culprit.growth)
  const sure = interval === '' ? '' : ` (${interval}, ${confidence(data)} interval)`
  return `LEAK: ${culpritClaim(culprit)}${sure}.`
}

/** `dd-trace adds 8.2 kB of heap per operation`. */
export function culpritClaim(culprit: Culprit): string {
  const verb = { application: 'grows by', interaction: 'add', agent: 'adds' }[culprit.kind]
  return `${culpritName(culprit)} ${verb} ${growthPhrase(culprit.metric, culprit.growth)}`
}

/** `It grows in the child process worker.cjs.`, or nothing where there is only the main thread. */
export function whereLine({ where }: Culprit): string {
  return where === undefined ? '' : `It grows in ${where}.`
}

/** Under which conditions of the collector it leaks, where the run had several; nothing for the application. */
export function underLine(culprit: Culprit, data: ReportData): string {
  const { backends } = data.options
  if (backends.length === 1 || culprit.kind === 'application') return ''
  if (culprit.backends.length === backends.length) {
    const most = `most while it ${collectorDoes([culprit.backend])}: that is the figure given`
    return `That is so under ${everyCondition(backends)}, ${most}.`
  }
  const own = data.components.find(({ kind, name }) => kind === 'agent' && culprit.agents.includes(name))
  return culprit.kind === 'agent' && own?.backends !== undefined
    ? whereConditionsDiffer(own.backends)
    : `Seen while the collector ${collectorDoes(culprit.backends)}.`
}

/** `It also adds 1 file descriptor per operation.`, or nothing. */
export function alsoLine(culprit: Culprit): string {
  if (culprit.alsoGrows.length === 0) return ''
  return `It also adds ${list(culprit.alsoGrows.map(({ metric, growth }) => growthPhrase(metric, growth)))}.`
}

/** The verdict when nobody is accused. */
export function unaccusedLine(data: ReportData): string {
  return data.verdict === 'clean' ? `CLEAN: ${cleanSentence(data)}` : `INCONCLUSIVE: ${openSentence(data)}`
}

/** What became of the components that the verdict's own sentence does not name. */
export function othersLine(data: ReportData): string {
  if (data.verdict === 'clean') return ''
  const named = (
    verdict: Component['verdict'],
    chosen: (component: Component) => boolean = () => true,
  ): string =>
    list(
      data.components
        .filter(component => component.verdict === verdict && chosen(component))
        .map(componentName),
    )
  const open = data.verdict === 'leak' ? named('inconclusive') : ''
  const inCompany = new Set(
    data.culprits.filter(({ kind }) => kind === 'interaction').flatMap(({ agents }) => agents),
  )
  const clean = named('clean', component => !inCompany.has(component.name))
  const alone = named('clean', component => inCompany.has(component.name))
  return [
    open === '' ? '' : `Not settled: ${open}.`,
    clean === '' ? '' : `Clean: ${clean}.`,
    alone === '' ? '' : `Clean when alone: ${alone}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** `95%` for an error rate of 0.05. */
export function confidence(data: ReportData): string {
  return `${String(Number(((1 - data.options.errorRate) * 100).toPrecision(4)))}%`
}

/** Who it is: `dd-trace`, `a and b together`, or `the application itself`. */
export function culpritName(culprit: Culprit): string {
  if (culprit.kind === 'application') return 'the application itself'
  return culprit.kind === 'interaction' ? `${list(culprit.agents)} together` : list(culprit.agents)
}

/** A component's name in a sentence. */
export function componentName(component: Component): string {
  return component.kind === 'application' ? 'the application' : component.name
}

/** The component whose heap may grow most, by the upper end of its interval. */
export function highestHeapBound(data: ReportData): Component | null {
  const bounded = data.components.filter(component => component.growth.high !== null)
  return bounded.reduce<Component | null>(
    (highest, component) =>
      highest === null || boundsOf(component.growth).high > boundsOf(highest.growth).high
        ? component
        : highest,
    null,
  )
}

function cleanSentence(data: ReportData): string {
  const bound = highestHeapBound(data)
  const agents = data.components.filter(component => component.kind === 'agent').map(({ name }) => name)
  const some = agents.length > 3 ? `any of the ${plural(agents.length, 'agent')}` : list(agents)
  const verdict =
    agents.length === 0 ? 'the application does not leak' : `neither the application nor ${some} leaks`
  const { backends } = data.options
  const under = agents.length > 0 && backends.length > 1 ? `, under ${everyCondition(backends)}` : ''
  if (bound === null) return `${verdict}${under}.`
  const high = amountText(boundsOf(bound.growth).high, bound.growth)
  return `${verdict}${under}; each adds at most ${high} of heap per ${perWhat(bound.growth)} (${confidence(data)} interval).`
}

function openSentence(data: ReportData): string {
  const open = data.components.filter(component => component.verdict === 'inconclusive')
  const first = open[0]
  if (first === undefined) {
    return data.warnings.some(({ code }) => code === 'TOGETHER_UNSETTLED')
      ? 'no agent leaks alone; whether they leak together is not settled, see the warnings.'
      : 'the experiment was disturbed, see the warnings.'
  }
  if (open.length > 1) return `whether ${list(open.map(componentName))} leak is not settled.`
  const undecided = first.metrics.find(result => result.verdict === 'inconclusive')
  const result = undecided ?? { metric: 'heap', growth: first.growth, threshold: data.options.threshold }
  const { interval } = growthText(result.growth)
  if (interval === '') return `whether ${componentName(first)} leaks is not settled.`
  const size = `between ${interval.replace(' to ', ' and ')}`
  const what = growthPhrase(result.metric, result.growth).replace(/^\S+(?: [kMGTP]?B)?/, size)
  return `whether ${componentName(first)} leaks is not settled: it adds ${what} (${confidence(data)} interval), and ${amountText(result.threshold, result.growth)} would be a leak.`
}

const SECONDS_PER_HOUR = 3600
const SECONDS_PER_DAY = 86_400
/** What takes memory of its own: resident memory holds all of it. */
const KINDS: readonly Metric[] = ['heap', 'arrayBuffers', 'external', 'code']

/** Growth of one kind a second. */
interface Rate {
  readonly metric: Metric
  readonly perSecond: number
}

/** What a leak amounts to over time, at a given rate of operations a second: of memory all kinds that grow. */
export function perDaySentence(culprit: Culprit, data: ReportData, operationsPerSecond: number): string {
  const { growth, metric } = culprit
  const rateOf = (grown: { readonly metric: Metric; readonly growth: Growth }): Rate => ({
    metric: grown.metric,
    perSecond: grown.growth.estimate * (perWhat(grown.growth) === 'second' ? 1 : operationsPerSecond),
  })
  const own = rateOf(culprit)
  if (!Number.isFinite(own.perSecond) || own.perSecond <= 0) return ''
  const kinds = KINDS.includes(metric)
    ? [own, ...culprit.alsoGrows.filter(also => KINDS.includes(also.metric)).map(rateOf)]
    : [own]
  const all = kinds.reduce((sum, { perSecond }) => sum + Math.max(0, perSecond), 0)
  const write = (amount: number): string =>
    isBytes(growth) ? formatBytes(amount) : `${roundedCount(amount)} ${metricName(metric)}`
  const at = `At ${formatNumber(operationsPerSecond, 1)} operations a second that is`
  const rate = perWhat(growth) === 'second' ? 'That is' : at
  const each = kinds.map(kind => `${metricName(kind.metric)} ${write(kind.perSecond * SECONDS_PER_DAY)}`)
  const parts = kinds.length > 1 ? ` (${list(each)} a day)` : ''
  return `${rate} ${write(all * SECONDS_PER_DAY)} a day, ${write(all * SECONDS_PER_HOUR)} an hour${parts}${limitClause(kinds, all, data)}.`
}

/** How long Node's heap limit lasts; only the heap counts towards it, the machine has to hold all. */
function limitClause(kinds: readonly Rate[], all: number, data: ReportData): string {
  const heap = kinds.find(({ metric }) => metric === 'heap')
  const limits = data.trials.map(trial => trial.heapLimitBytes).filter(limit => limit > 0)
  if (limits.length === 0 || heap === undefined || heap.perSecond <= 0) return ''
  const limit = Math.min(...limits)
  const after = (perSecond: number): string => `after about ${formatDuration((limit / perSecond) * 1000)}`
  return kinds.length === 1
    ? `; Node's heap limit of ${formatBytes(limit)} is reached ${after(heap.perSecond)}`
    : `; ${formatBytes(limit)}, as much as Node's heap limit, are filled ${after(all)}, the heap alone ${after(heap.perSecond)}`
}

function roundedCount(amount: number): string {
  return formatNumber(Number(amount.toPrecision(2)), 1)
}

/** The statuses of all answers where they are what the verdict hangs on, or nothing. */
export function answersLine({ warnings, trials }: ReportData): string {
  const [line] = warnings.some(({ code }) => code === 'ANSWERS_REFUSED') ? answersByStatus(trials) : []
  return line === undefined ? '' : `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}
