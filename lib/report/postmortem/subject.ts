import { list } from '../format/layout.js'
import { culpritName } from '../text/verdict-lines.js'
import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'

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
