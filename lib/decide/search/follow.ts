import type { SetPurpose } from '../../types/index.js'
import { BASELINE } from '../growth/arms.js'
import type { ArmKey } from '../growth/arms.js'
import { FAILURES } from '../standing/failures.js'
import { shownBy, wantsOf, type Standing } from '../standing/standing.js'
import type { Need } from '../types.js'
import { inCompany } from './company.js'
import type { Evidence } from './evidence.js'
import { isAlone, newFindings } from './findings.js'
import type { Findings, Search } from './findings.js'
import { resolveSet } from './halving.js'
import type { Query } from './query.js'
import { searchSteps } from './search.js'

/** Trials of an arm that are wanted, and why. */
export interface Want {
  readonly arm: ArmKey
  readonly need: Need
  readonly why: SetPurpose
}

/** How far a search gets with the trials so far. */
export interface Followed {
  readonly findings: Findings
  /** Everything that was judged, in order of asking. */
  readonly standings: readonly Standing[]
  /** Every arm that was asked for, in order, with the reason it was first asked for. */
  readonly arms: ReadonlyMap<ArmKey, SetPurpose>
  /** What the first unanswered questions need; none when the search is over. */
  readonly wants: readonly Want[]
}

/** Runs the search on the trials so far, until it asks what they do not answer. */
export function follow(evidence: Evidence): Followed {
  const findings = newFindings(evidence.settings)
  const search: Search = {
    evidence,
    findings,
    harmless: [],
    goOn: (set, current) =>
      set.every(name => isAlone(name, current)) ? inCompany(set, current) : resolveSet(set, current),
  }
  const standings = new Set<Standing>()
  const arms = new Map<ArmKey, SetPurpose>()
  for (const queries of searchSteps(search)) {
    for (const query of queries) {
      const { arm, reference } = query.subject
      if (reference !== null) note(arms, reference, query.why)
      note(arms, arm, query.why)
      if (query.kind === 'judge') standings.add(evidence.standing(query.subject))
    }
    const wants = queries.flatMap(query => wantedBy(query, evidence))
    if (wants.length > 0) return { findings, standings: [...standings], arms, wants }
  }
  return { findings, standings: [...standings], arms, wants: [] }
}

function note(arms: Map<ArmKey, SetPurpose>, arm: ArmKey, why: SetPurpose): void {
  if (!arms.has(arm)) arms.set(arm, arm === BASELINE ? 'baseline' : why)
}

function wantedBy(query: Query, evidence: Evidence): readonly Want[] {
  const why = (arm: ArmKey): SetPurpose => (arm === BASELINE ? 'baseline' : query.why)
  if (query.kind === 'judge') {
    const standing = evidence.standing(query.subject)
    if (query.until === 'shown' && shownBy(standing) === 'leak') return []
    return wantsOf(standing).map(({ arm, need }) => ({ arm, need, why: why(arm) }))
  }
  const { subject, operations, trials } = query
  const arms = subject.reference === null ? [subject.arm] : [subject.arm, subject.reference]
  const lacking = arms.filter(arm => evidence.book.completed(arm, 'measure', operations).length < trials)
  // A set that fails again and again has given its answer.
  if (arms.some(arm => evidence.book.failed(arm).length >= FAILURES)) return []
  return lacking.map(arm => ({ arm, need: { purpose: 'measure', operations, trials }, why: why(arm) }))
}
