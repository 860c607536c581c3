import type { ReportData } from '../../types/index.js'
import { shorten } from '../format/layout.js'

const LONGEST = 44
/** Members of an interaction that are named. */
const MOST_MEMBERS = 3

/** The report with names that leave room for what is said of them: long ones are cut, of many the last are counted. */
export function withShortNames(data: ReportData): ReportData {
  return {
    ...data,
    components: data.components.map(component => ({ ...component, name: short(component.name) })),
    culprits: data.culprits.map(culprit => ({ ...culprit, agents: few(culprit.agents.map(short)) })),
  }
}

function short(name: string): string {
  return shorten(name, LONGEST)
}

function few(names: readonly string[]): readonly string[] {
  const more = names.length - MOST_MEMBERS
  return more < 1 ? names : [...names.slice(0, MOST_MEMBERS), `${String(more)} more`]
}
