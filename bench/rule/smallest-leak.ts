import type { Noise } from './noise.js'
import { simulate } from './simulate.js'
import type { Outcome, Scale } from './simulate.js'

/** Leaks that are tried, as multiples of the threshold. */
const MULTIPLES: readonly number[] = [
  1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5, 1.55, 1.6, 1.7, 1.8, 1.9, 2, 2.25, 2.5, 2.75, 3,
].concat([3.5, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32])

/** Share of the calls in which a leak must be found. */
const FOUND = 0.99

export interface SmallestLeak {
  /** Multiple of the threshold; `null` when even the largest was found too seldom. */
  readonly multiple: number | null
  readonly outcome: Outcome | null
}

export function steadyLeak(
  scale: Scale,
  noise: Noise,
  bytesPerOperation: number,
  runs: number,
  outsideHeap = false,
): Outcome {
  const scenario = { agent: () => (k: number) => bytesPerOperation * k }
  return simulate({ scale, noise, scenario, agents: 1, runs, outsideHeap })
}

/** The smallest steady leak that is found in 99 of 100 calls, by bisection: a larger leak is found no less often. */
export function smallestLeak(scale: Scale, noise: Noise, runs: number): SmallestLeak {
  let found: SmallestLeak = { multiple: null, outcome: null }
  let low = 0
  let high = MULTIPLES.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const multiple = MULTIPLES[middle] ?? Infinity
    const outcome = steadyLeak(scale, noise, multiple * scale.threshold, runs)
    if (outcome.counts.leak >= FOUND * runs) {
      found = { multiple, outcome }
      high = middle
    } else {
      low = middle + 1
    }
  }
  return found
}
