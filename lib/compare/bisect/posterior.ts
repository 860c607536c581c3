/** What is believed of a history of versions, oldest first, each of which leaks or does not. */
export interface Posterior {
  /** Probability that each version leaks. */
  readonly bad: readonly number[]
  /** Probability that a version does not leak and the next one does, by the index of the former. */
  readonly begins: readonly number[]
  /** Probability that a version leaks and the next one does not. */
  readonly ends: readonly number[]
}

/** Two states, good and bad, as weights that add up to 1. */
type Pair = readonly [good: number, bad: number]

/**
 * Belief by forward and backward passes over a chain with two states (L. R. Rabiner, Proceedings of the IEEE 77, 1989). Leaks come and
 * go, so that any number of changes is possible, each with the probability `change` from one version to the next. Between
 * a good and a bad version all places of one change are equally likely before anything between them was tested: the
 * version whose probability is next to one half is the median of the posterior of the edge.
 * @param logOdds evidence that each version leaks, natural logarithm; 0: none
 */
export function posterior(logOdds: readonly number[], change: number): Posterior {
  const likelihoods = logOdds.map((value): Pair => {
    const bad = 1 / (1 + Math.exp(-value))
    return [1 - bad, bad]
  })
  const stay = 1 - change
  const step = ([good, bad]: Pair): Pair => [good * stay + bad * change, good * change + bad * stay]
  const times = (a: Pair, b: Pair): Pair => normal([a[0] * b[0], a[1] * b[1]])

  const forward: Pair[] = []
  for (const likelihood of likelihoods) {
    const before = forward.at(-1)
    forward.push(times(before === undefined ? [0.5, 0.5] : step(before), likelihood))
  }
  const backward: Pair[] = []
  for (let index = likelihoods.length - 1; index >= 0; index--) {
    const next = likelihoods[index + 1]
    backward[index] = next === undefined ? [0.5, 0.5] : normal(step(times(next, backward[index + 1] ?? next)))
  }

  const pairs = forward.slice(0, -1).map((left, index) => {
    const right = times(likelihoods[index + 1] ?? left, backward[index + 1] ?? left)
    const joint = [
      left[0] * right[0] * stay,
      left[0] * right[1] * change,
      left[1] * right[0] * change,
      left[1] * right[1] * stay,
    ]
    const total = joint.reduce((sum, value) => sum + value, 0)
    return { begins: (joint[1] ?? 0) / total, ends: (joint[2] ?? 0) / total }
  })
  return {
    bad: forward.map((pair, index) => times(pair, backward[index] ?? pair)[1]),
    begins: pairs.map(({ begins }) => begins),
    ends: pairs.map(({ ends }) => ends),
  }
}

function normal([good, bad]: Pair): Pair {
  const total = good + bad
  return [good / total, bad / total]
}
