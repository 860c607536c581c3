import type { Steps } from './query.js'

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
