import { type Standing, shownBy, standingOf } from '../standing/standing.js'
import type { DecidedWarning, SetOpen } from '../because.js'
import { type ArmKey, type Subject, subjectOf } from '../growth/arms.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { SetPurpose } from '../../types/index.js'
import type { TrialBook } from '../growth/trial-book.js'

type Names = readonly string[]

/** Agents that leak only together, as confirmed by full looks. */
export interface Interaction {
  /** The smallest set that was found. */
  readonly agents: Names
  readonly subject: Subject
  /** Those of them that leak alone as well, less than together. */
  readonly beside: Names
}

/** What a search found so far; it adds to this while it runs. */
export interface Findings {
  /** What each agent is judged by: itself alone, or a set that it belongs to. */
  readonly judgedBy: Map<string, Subject>
  readonly interactions: Interaction[]
  /** Sets of which it is not known whether they leak, by key, with the reason. */
  readonly unsettled: Map<ArmKey, SetOpen>
  readonly warnings: DecidedWarning[]
}

/** A search in progress. */
export interface Search {
  readonly evidence: Evidence
  readonly findings: Findings
  /** Sets that were seen not to leak, and with them their subsets. */
  readonly harmless: Names[]
  /** Goes on among agents that are left over. */
  readonly goOn: (set: Names, search: Search) => Steps
}

export function newFindings(settings: DecisionSettings): Findings {
  const names = settings.agents.map(({ name }) => name)
  const halving = settings.strategy === 'halving' && settings.together === true && names.length > 1
  const judgedBy = names.map(name => [name, subjectOf(halving ? names : [name], settings)] as const)
  return { judgedBy: new Map(judgedBy), interactions: [], unsettled: new Map(), warnings: [] }
}

/** Asks for the full looks at a set. */
export function ask(set: Names, until: 'shown' | 'verdict', why: Query['why'], { evidence }: Search): Query {
  return { kind: 'judge', subject: subjectOf(set, evidence.settings), until, why }
}

/** What is known of a set. */
export function known(set: Names, { evidence }: Search): Standing {
  return evidence.standing(subjectOf(set, evidence.settings))
}

/** Judges agents by themselves from now on. */
export function judgeAlone(set: Names, search: Search): void {
  for (const name of set) {
    search.findings.judgedBy.set(name, subjectOf([name], search.evidence.settings))
    if (shownBy(known([name], search)) === 'clean') search.harmless.push([name])
  }
}

/** Judges agents that were not on alone as parts of a set. */
export function judgeTogether(set: Names, search: Search): void {
  for (const name of set) {
    if (!isAlone(name, search)) search.findings.judgedBy.set(name, subjectOf(set, search.evidence.settings))
  }
}

export function isAlone(name: string, { findings }: Search): boolean {
  return findings.judgedBy.get(name)?.kind === 'agent'
}

export function without(set: Names, others: Names): Names {
  return set.filter(name => !others.includes(name))
}

/** What a search needs to know before it can go on. */
export type Query =
  | {
      /** The full looks at a component or a set. */
      readonly kind: 'judge'
      readonly subject: Subject
      /** `shown`: growth that is shown is enough; `verdict`: and whether idle time releases it. */
      readonly until: 'shown' | 'verdict'
      readonly why: SetPurpose
    }
  | {
      /** Growth of a set from a few trials: guides the search, accuses nobody. */
      readonly kind: 'screen'
      readonly subject: Subject
      readonly operations: number
      /** Trials an arm. */
      readonly trials: number
      readonly why: SetPurpose
    }

/**
 * A part of a search: yields what it needs to know, all at once what can be found out at once, and goes on when that is
 * known. It is run again from the start for every decision, so it must depend on nothing but the trials.
 */
export type Steps<Result = void> = Generator<readonly Query[], Result, void>

/** What a search may ask of the trials so far. */
export interface Evidence {
  readonly settings: DecisionSettings
  readonly book: TrialBook
  standing(subject: Subject): Standing
}

/**
 * @param remaining hypotheses that are not rejected yet (Holm)
 */
export function gatherEvidence(book: TrialBook, settings: DecisionSettings, remaining: number): Evidence {
  const known = new Map<string, Standing>()
  return {
    settings,
    book,
    standing(subject) {
      const key = `${subject.kind} ${subject.arm} ${String(subject.reference)}`
      const found = known.get(key) ?? standingOf(subject, book, settings, remaining)
      known.set(key, found)
      return found
    },
  }
}
