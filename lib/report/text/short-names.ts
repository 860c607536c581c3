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

/** What a piece of text is, so that a terminal can show it in a colour of its own. */
export type Tone = 'leak' | 'clean' | 'inconclusive' | 'heading' | 'faint'

/** Gives a text the look of its tone. */
export type Paint = (tone: Tone, text: string) => string

/** No colours: what `String(report)` uses. */
export const plainPaint: Paint = (_tone, text) => text

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  leak: [31, 39],
  clean: [32, 39],
  inconclusive: [33, 39],
  heading: [1, 22],
  faint: [2, 22],
}

/** Colours of a terminal. */
export const terminalPaint: Paint = (tone, text) => {
  const [on, off] = CODES[tone]
  return `\u001B[${String(on)}m${text}\u001B[${String(off)}m`
}
