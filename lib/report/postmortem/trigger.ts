import { code, prose } from '../markdown/markdown-text.js'
import type { BisectData } from '../../types/bisect.js'
import { list } from '../format/layout.js'
import { underLine } from '../text/verdict-lines.js'
import type { Culprit, ReportData } from '../../types/index.js'
import { collectorDoes } from '../words/backends.js'
import { agentsOf, carrierName, versionedName } from './subject.js'

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
