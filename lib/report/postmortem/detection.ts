import { judgedTrials, measuredLaunches } from '../judged.js'
import { code, markdownTable, prose } from '../markdown/markdown-text.js'
import { formatNumber } from '../format/bytes.js'
import { amountText, growthText, perWhat } from '../format/growth.js'
import { otherMetrics } from '../text/components-table.js'
import { runLines } from '../text/run-lines.js'
import { surenessLines } from '../text/sureness.js'
import { confidence, culpritName, underLine } from '../text/verdict-lines.js'
import type { Component, Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { list } from '../format/layout.js'
import type { BisectData } from '../../types/bisect.js'
import { collectorDoes } from '../words/backends.js'

/** What was run, how sure it is, and what it would have missed. */
export function detectionLines(data: ReportData): string[] {
  const measured = measuredLaunches(data.trials).length
  return [
    `- ${formatNumber(measured)} trials measured, ${formatNumber(data.trials.filter(({ continues }) => continues === undefined).length)} launches in all.`,
    ...surenessLines(data).map(line => `- ${prose(line)}`),
    '- **Who or what noticed the incident first: an alarm, a restart, a customer? Could this check have come before?**',
    '',
    ...componentTable(data),
    '',
    ...otherMetrics(data).map(line => `- Other metrics: ${prose(line)}`),
    ...(data.warnings.length === 0 ? [] : ['', 'Warnings:', '', ...warningLines(data)]),
    '',
    '### What was run',
    '',
    ...runLines(data).map(([label, text]) => `- ${prose(label)}: ${prose(text)}`),
    '',
    '### What would have been missed',
    '',
    `- growth below what counts as a leak (the column "leak from")`,
    ...data.conditions.notExercised.map(line => `- ${prose(line)}`),
  ]
}

function componentTable(data: ReportData): readonly string[] {
  const per = perWhat(data.components[0]?.growth ?? { ...NOTHING })
  const rows = data.components.flatMap(component =>
    component.backends === undefined
      ? [row(component, component.name, data)]
      : component.backends.map(part =>
          row({ ...component, ...part }, `${component.name}, collector ${part.backend}`, data),
        ),
  )
  const headings = [
    'component',
    'verdict',
    `heap per ${per}`,
    `${confidence(data)} interval`,
    'leak from',
    'trials',
  ]
  return markdownTable(headings, rows)
}

const NOTHING = { estimate: 0, low: 0, high: 0, unit: 'bytes/operation' } as const

function row(component: Component, name: string, { options }: ReportData): string[] {
  const { amount, interval } = growthText(component.growth)
  const threshold = component.metrics.find(({ metric }) => metric === 'heap')?.threshold ?? options.threshold
  return [
    prose(name),
    component.verdict === 'leak' ? '**leak**' : component.verdict,
    amount,
    interval,
    amountText(threshold, component.growth),
    String(judgedTrials(component)),
  ]
}

function warningLines({ warnings }: ReportData): string[] {
  const lines = warnings.map(({ code, message }) => `- ${prose(`${message} (${code})`)}`)
  return [...new Set(lines)]
}

/** The agents that a culprit consists of, as they were attached; with a carrier its instrumentations are none. */
export function agentsOf({ agents }: Culprit, { options }: ReportData): readonly ReportedAgent[] {
  return options.carrier ? [] : options.agents.filter(({ name }) => agents.includes(name))
}

/** A name with its version, where that says more: `dd-trace 3.9.3`. */
export function versionedName({ name, version }: Pick<ReportedAgent, 'name' | 'version'>): string {
  return version === null || name.endsWith(`@${version}`) ? name : `${name} ${version}`
}

/** Who it is, with versions: `dd-trace 3.9.3`, `instrumentation http of dd-trace 3.9.3`, `the application itself`. */
export function subjectOf(culprit: Culprit, data: ReportData): string {
  if (culprit.kind === 'application') return culpritName(culprit)
  const { carrier, agents } = data.options
  const together = culprit.kind === 'interaction' ? ' together' : ''
  if (carrier) {
    const noun = culprit.agents.length === 1 ? 'instrumentation' : 'instrumentations'
    return `${noun} ${list(culprit.agents)}${together} of ${carrierName(carrier)}`
  }
  const names = culprit.agents.map(name => {
    const agent = agents.find(one => one.name === name)
    return agent === undefined ? name : versionedName(agent)
  })
  return `${list(names)}${together}`
}

/** The agent whose instrumentations were tried. */
export function carrierName(carrier: ReportedAgent): string {
  return versionedName({ ...carrier, name: carrier.preset ?? carrier.package ?? carrier.name })
}

/** Under which circumstances it happens: versions, condition of the collector, workload, company. */
export function triggerLines(data: ReportData, bisect: BisectData | undefined): string[] {
  const { environment, conditions } = data
  return [
    ...data.culprits.flatMap(culprit => [
      ...versionLines(culprit, data, bisect),
      ...companyLine(culprit),
      ...collectorLine(culprit, data),
    ]),
    ...(data.culprits.length === 0 ? agentsLine(data) : []),
    `- Workload: ${prose(conditions.workload)}`,
    `- Node ${prose(environment.node)} on ${prose(`${environment.platform} ${environment.arch}`)}`,
    '- **What is different in production: traffic, settings, versions, other agents?**',
  ]
}

function versionLines(culprit: Culprit, data: ReportData, bisect: BisectData | undefined): string[] {
  const { carrier } = data.options
  const agents = carrier && culprit.kind !== 'application' ? [carrier] : agentsOf(culprit, data)
  return agents.flatMap(agent => [
    `- Agent: ${prose(carrier ? carrierName(agent) : versionedName(agent))}${packageNote(agent)}`,
    ...sinceLines(agent.package, bisect),
  ])
}

function packageNote({ package: name, version, name: own }: ReportData['options']['agents'][number]): string {
  return name === null || own.startsWith(name) || version === null ? '' : ` (${code(`${name}@${version}`)})`
}

/** What a search among versions found of the package. */
function sinceLines(name: string | null, bisect: BisectData | undefined): string[] {
  if (bisect === undefined || bisect.agent !== name) return []
  const edges = bisect.edges.map(({ packages }) => packages)
  const changed = edges
    .flat()
    .map(({ name: one, from, to }) => `${one} ${from ?? '(none)'} → ${to ?? '(none)'}`)
  return [
    `- Versions: ${prose(bisect.reason)}`,
    ...(changed.length === 0 ? [] : [`- Packages that changed with it: ${prose(list(changed))}`]),
  ]
}

function companyLine({ kind, agents }: Culprit): string[] {
  if (kind !== 'interaction') return []
  return [`- Interaction: only with ${prose(list(agents))} together; none of them leaks alone.`]
}

function collectorLine(culprit: Culprit, data: ReportData): string[] {
  if (culprit.kind === 'application') return []
  const differs = underLine(culprit, data)
  const text = differs === '' ? `seen while it ${collectorDoes([culprit.backend])}.` : differs
  return [`- Collector of the agents: ${prose(text)}`]
}

function agentsLine({ options }: ReportData): string[] {
  const agents = options.carrier ? [options.carrier] : options.agents
  return [`- Agents: ${prose(list(agents.map(versionedName)) || 'none')}`]
}
