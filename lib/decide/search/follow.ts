import type { SetPurpose } from '../../types/index.js'
import { APPLICATION, type ArmKey, BASELINE, closureOf, subjectOf } from '../growth/arms.js'
import { FAILURES } from '../standing/failures.js'
import { type Standing, shownBy, wantsOf } from '../standing/standing.js'
import type { Need } from '../types.js'
import { compareWithSum, inCompany } from './company.js'
import {
  type Findings,
  type Search,
  ask,
  isAlone,
  judgeAlone,
  judgeTogether,
  known,
  newFindings,
  without,
  type Query,
  type Steps,
  type Evidence,
} from './findings.js'
import { interaction } from './interaction.js'
import { sumGrows } from './notes.js'
import { type Growths, type Scale, isFollowed, lookedAt, minus, scaleOf, screened } from './screen.js'

/** Trials of an arm that are wanted, and why. */
interface Want {
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

/** Which sets are launched, from the first trial to the last. */
function* searchSteps(search: Search): Steps {
  const { agents, strategy, together = false } = search.evidence.settings
  const names = agents.map(({ name }) => name)
  const application: Query = { kind: 'judge', subject: APPLICATION, until: 'verdict', why: 'baseline' }
  const company = together && names.length > 1 ? [ask(names, 'shown', 'together', search)] : []
  if (strategy === 'halving' && company.length > 0) {
    yield [application, ...company]
    yield* resolveSet(names, search)
    return
  }
  yield [application, ...names.map(name => ask([name], 'verdict', 'alone', search)), ...company]
  judgeAlone(names, search)
  if (company.length > 0) yield* inCompany(names, search)
}

type Names = readonly string[]

/**
 * Judges all agents of a set: as one while it is clean, otherwise by finding whom its growth comes from, who is then
 * judged alone, and the others without them.
 */
function* resolveSet(set: Names, search: Search): Steps {
  const [only, ...more] = set
  if (only === undefined) return
  if (more.length === 0) {
    yield [ask(set, 'verdict', 'confirm', search)]
    judgeAlone(set, search)
    return
  }
  judgeTogether(set, search)
  yield [ask(set, 'shown', 'confirm', search)]
  const whole = known(set, search)
  if (shownBy(whole) === 'clean') {
    search.harmless.push(set)
    return
  }
  const scale = scaleOf(whole, search.evidence)
  const parts = scale === null ? null : yield* halve(set, whole, scale, search)
  if (parts === null) yield* oneAtATime(set, search)
  else if (parts.suspects.length > 0) yield* confirm(set, parts.suspects, search)
  else yield* eachPart(set, parts.small, search)
}

/** Whatever cannot be halved: it is not settled whether it grows, it fails, or it runs out of memory. */
function* oneAtATime(set: Names, search: Search): Steps {
  yield set.map(name => ask([name], 'verdict', 'alone', search))
  judgeAlone(set, search)
  yield* inCompany(set, search)
}

/** Suspects alone, and the rest without them. */
function* confirm(set: Names, suspects: Names, search: Search): Steps {
  const rest = without(set, suspects)
  const alone = suspects.map(name => ask([name], 'verdict', 'confirm', search))
  yield rest.length > 0 ? [...alone, ask(rest, 'shown', 'confirm', search)] : alone
  judgeAlone(suspects, search)
  const leaking = suspects.filter(name => shownBy(known([name], search)) === 'leak')
  const others = without(set, leaking)
  if (leaking.length > 0) {
    yield* resolveSet(others, search)
    yield* compareWithSum(set, leaking, others, search)
    return
  }
  const restShown = rest.length === 0 ? 'clean' : shownBy(known(rest, search))
  const cleared = suspects.some(name => shownBy(known([name], search)) === 'clean')
  if (restShown === 'clean') {
    judgeTogether(rest, search)
    search.harmless.push(rest)
    if (!cleared) return
  }
  // What the parts do not do alone, they do together.
  yield* interaction(restShown === 'leak' ? rest : set, search)
}

/** Growth that is spread over parts of which none reaches the threshold. */
function* eachPart(set: Names, parts: readonly Names[], search: Search): Steps {
  yield parts.map((part): Query => ask(part, part.length === 1 ? 'verdict' : 'shown', 'confirm', search))
  for (const part of parts) yield* resolveSet(part, search)
  const leaking = set.filter(name => isAlone(name, search) && shownBy(known([name], search)) === 'leak')
  if (leaking.length > 0) yield* compareWithSum(set, leaking, without(set, leaking), search)
  else sumGrows(set, search)
}

interface Parts {
  /** Agents that growth was followed to. */
  readonly suspects: Names
  /** Sets that add too little to be followed. */
  readonly small: readonly Names[]
}

interface Branch {
  readonly set: Names
  readonly growths: Growths
}

/**
 * Follows growth to single agents. Of every set that grows one half is launched, the growth of the other is what is
 * left; halves that grow too little are not followed. `null` when a set cannot be measured.
 */
function* halve(set: Names, whole: Standing, scale: Scale, search: Search): Steps<Parts | null> {
  const suspects: string[] = []
  const small: Names[] = []
  let branches: readonly Branch[] = [{ set: inOrder(set, search), growths: lookedAt(whole, scale) }]
  while (branches.length > 0) {
    const halves = branches.map(branch => {
      const middle = Math.floor(branch.set.length / 2)
      const first = branch.set.slice(0, middle)
      return {
        branch,
        first,
        second: branch.set.slice(middle),
        subject: subjectOf(first, search.evidence.settings),
      }
    })
    yield halves.map(({ subject }): Query => ({ kind: 'screen', subject, ...scale, why: 'search' }))
    const next: Branch[] = []
    for (const { branch, first, second, subject } of halves) {
      const growths = screened(subject, scale, search.evidence)
      if (growths === null) return null
      const left = minus(branch.growths, growths)
      if (!isFollowed(growths, scale)) search.harmless.push(first)
      for (const half of [
        { set: first, growths },
        { set: second, growths: left },
      ]) {
        if (!isFollowed(half.growths, scale)) small.push(half.set)
        else if (half.set.length === 1) suspects.push(...half.set)
        else next.push(half)
      }
    }
    branches = next
  }
  return { suspects: set.filter(name => suspects.includes(name)), small }
}

/** Required agents before those that require them, so that a first half never needs the second. */
function inOrder(set: Names, { evidence }: Search): Names {
  const needed = (name: string): number => closureOf([name], evidence.settings).length
  return [...set].sort((a, b) => needed(a) - needed(b))
}
