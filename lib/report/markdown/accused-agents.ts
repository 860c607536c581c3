import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'

/** The agents that a culprit consists of; for instrumentations the one they belong to, for the application none. */
export function accusedAgents(culprit: Culprit, { options }: ReportData): readonly ReportedAgent[] {
  if (culprit.kind === 'application') return []
  return options.carrier
    ? [options.carrier]
    : options.agents.filter(({ name }) => culprit.agents.includes(name))
}
