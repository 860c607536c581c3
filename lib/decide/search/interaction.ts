import { shownBy, verdictOf } from '../standing/standing.js'
import type { SetOpen } from '../because.js'
import { armKey, subjectOf } from '../growth/arms.js'
import {
  type Search,
  ask,
  isAlone,
  judgeAlone,
  judgeTogether,
  known,
  without,
  type Steps,
} from './findings.js'
import { sumGrows } from './notes.js'
import {
  type Growths,
  type Scale,
  compared,
  isFollowed,
  lookedAt,
  minus,
  scaleOf,
  screened,
  sumOf,
} from './screen.js'

type Names = readonly string[]

/** A set whose minimum is not confirmed is minimised once more, with more trials. */
const ATTEMPTS = 2

/**
 * Finds the smallest part of a set that leaks together while none of its agents does alone. The set has been shown to
 * grow. When no smaller set is confirmed it is named whole, if it grows by more than the sum of what its agents add
 * alone, and idle time does not release that.
 */
export function* interaction(set: Names, search: Search): Steps {
  const { evidence, findings } = search
  const key = armKey(
    set,
    evidence.settings.agents.map(({ name }) => name),
  )
  const open = (why: SetOpen): void => {
    findings.unsettled.set(key, why)
  }
  open('which-is-open')
  const smallest = yield* smallestOf(set, search)
  if (smallest === null) {
    yield [ask(set, 'verdict', 'confirm', search)]
    const verdict = verdictOf(known(set, search))
    if (verdict === 'inconclusive') {
      open('whether-it-is-a-leak')
      return
    }
    const alone = set.filter(name => !isAlone(name, search))
    if (verdict === 'leak' && alone.length > 0) {
      // Without knowing what each adds alone, nobody can tell an interaction from a sum.
      yield alone.map(name => ask([name], 'verdict', 'alone', search))
      judgeAlone(alone, search)
      findings.unsettled.delete(key)
      yield* search.goOn(set, search)
      return
    }
    findings.unsettled.delete(key)
    if (verdict === 'clean') judgeTogether(set, search)
    else if (isMoreThanSum(set, search)) name(set, search)
    else sumGrows(set, search)
    return
  }
  findings.unsettled.delete(key)
  const leaking = smallest.filter(member => shownBy(known([member], search)) === 'leak')
  if (leaking.length === 0) name(smallest, search)
  yield* search.goOn(without(set, leaking.length === 0 ? smallest : leaking), search)
}

function name(set: Names, { evidence, findings }: Search): void {
  findings.interactions.push({ agents: set, subject: subjectOf(set, evidence.settings), beside: [] })
}

/** Whether a judged set grows by more than its agents, which have been judged alone. */
function isMoreThanSum(set: Names, search: Search): boolean {
  const whole = known(set, search)
  const scale = scaleOf(whole, search.evidence)
  // Running out of memory together, and not alone, is more.
  if (scale === null) return true
  const parts = set.map(member => lookedAt(known([member], search), scale))
  return compared(lookedAt(whole, scale), sumOf(parts, scale), scale).more
}

/** `null` when no part of the set is confirmed to leak. */
function* smallestOf(set: Names, search: Search): Steps<Names | null> {
  const scale = scaleOf(known(set, search), search.evidence)
  if (scale === null) return null
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const finer = { ...scale, trials: scale.trials + attempt }
    const smallest = yield* ddmin(set, subset => leaks(subset, finer, search))
    if (smallest.length === set.length) break
    yield [
      ask(smallest, 'verdict', 'confirm', search),
      ...(smallest.length > 1 ? smallest.map(name => ask([name], 'verdict', 'confirm', search)) : []),
    ]
    judgeAlone(smallest, search)
    const standing = known(smallest, search)
    const verdict = verdictOf(standing)
    const one = smallest.some(member => shownBy(known([member], search)) === 'leak')
    if (verdict === 'leak' && (one || isMoreThanSum(smallest, search))) return smallest
    // A sum of little from each, or growth that idle time releases: no other part is to blame for it.
    if (shownBy(standing) === 'leak') break
    search.harmless.push(smallest)
  }
  return null
}

/** Whether a few trials of the set grow by more than its agents are known to add alone. */
function* leaks(set: Names, scale: Scale, search: Search): Steps<boolean> {
  if (search.harmless.some(harmless => set.every(name => harmless.includes(name)))) return false
  const growths = yield* screen(set, scale, search)
  if (growths === null) return false
  const alone = set.filter(name => isAlone(name, search))
  const parts = alone.map(name => lookedAt(known([name], search), scale))
  const found = isFollowed(minus(growths, sumOf(parts, scale)), scale)
  if (!found) search.harmless.push(set)
  return found
}

function* screen(set: Names, scale: Scale, search: Search): Steps<Growths | null> {
  const subject = subjectOf(set, search.evidence.settings)
  yield [{ kind: 'screen', subject, ...scale, why: 'minimise' }]
  return screened(subject, scale, search.evidence)
}

/**
 * Agents that leak alone and grow much more together, or in the company of others: finds the smallest set that does, and
 * names it when it has agents that do not leak alone and add to the growth of those that do.
 */
export function* amplified(set: Names, leaking: Names, scale: Scale, search: Search): Steps {
  const { evidence, findings } = search
  const smallest = yield* ddmin(set, function* (subset) {
    const growths = subset.length < 2 ? null : yield* screen(subset, scale, search)
    if (growths === null) return false
    const parts = leaking
      .filter(name => subset.includes(name))
      .map(name => lookedAt(known([name], search), scale))
    return compared(growths, sumOf(parts, scale), scale).more
  })
  const beside = smallest.filter(name => leaking.includes(name))
  const added = without(smallest, beside)
  const subject = subjectOf(added, evidence.settings, beside)
  if (added.length > 0 && subject.arm !== subject.reference) {
    yield [{ kind: 'judge', subject, until: 'verdict', why: 'confirm' }]
    if (verdictOf(evidence.standing(subject)) === 'leak') {
      findings.interactions.push({ agents: smallest, subject, beside })
      return
    }
  }
  findings.warnings.push({
    code: 'TOGETHER_GROWS',
    because: { code: 'grows-more', agents: smallest },
    downgrades: false,
    agents: smallest,
  })
}

/**
 * Delta debugging: makes a set that fails smaller until every element is needed (A. Zeller and R. Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input", IEEE Transactions on Software Engineering 28, 2002). Tests parts
 * of the set and what is left without them, coarse parts first. The set itself is taken to fail.
 */
export function* ddmin<T>(
  failing: readonly T[],
  fails: (subset: readonly T[]) => Steps<boolean>,
): Steps<readonly T[]> {
  let set = failing
  let granularity = 2
  while (set.length > 1) {
    const parts = split(set, granularity)
    const part = yield* firstFailing(parts, fails)
    if (part !== null) {
      set = part
      granularity = 2
      continue
    }
    // With two parts, each is what is left without the other.
    const whole = set
    const complements = granularity === 2 ? [] : parts.map(left => whole.filter(item => !left.includes(item)))
    const complement = yield* firstFailing(complements, fails)
    if (complement !== null) {
      set = complement
      granularity = Math.max(2, granularity - 1)
    } else if (granularity < set.length) {
      granularity = Math.min(set.length, granularity * 2)
    } else {
      return set
    }
  }
  return set
}

function* firstFailing<T>(
  sets: readonly (readonly T[])[],
  fails: (subset: readonly T[]) => Steps<boolean>,
): Steps<readonly T[] | null> {
  for (const set of sets) if (yield* fails(set)) return set
  return null
}

/** So many parts of nearly the same size, in order. */
function split<T>(items: readonly T[], parts: number): readonly (readonly T[])[] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  )
}
