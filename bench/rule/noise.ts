import type { Random } from '../../lib/decide/stats/random.js'
import type { Curve } from '../../test/support/simulated-trial.js'

/** Noise of one trial: a slope of its own over the whole trial, and every reading off by a few KB. */
export interface Noise {
  readonly name: string
  /** Standard deviation between launches, bytes per operation. Longer trials do not lessen it. */
  readonly slope: number
  /** Standard deviation of a reading. Its share of the growth falls as trials get longer. */
  readonly readingBytes: number
}

export const NOISES: readonly Noise[] = [
  { name: 'slope sd 0.5, readings 1 KB', slope: 0.5, readingBytes: 1_000 },
  { name: 'slope sd 0.5, readings 8 KB', slope: 0.5, readingBytes: 8_000 },
  { name: 'slope sd 2, readings 20 KB', slope: 2, readingBytes: 20_000 },
  { name: 'slope sd 5, readings 20 KB', slope: 5, readingBytes: 20_000 },
  { name: 'slope sd 10, readings 60 KB', slope: 10, readingBytes: 60_000 },
  { name: 'slope sd 24, readings 100 KB', slope: 24, readingBytes: 100_000 },
]

/** What the applications and agents measured so far mostly show. */
export const USUAL_NOISE = 'slope sd 0.5, readings 8 KB'

/** Standard deviation of the growth over the last half of a trial, bytes per operation. */
export function growthDeviation({ slope, readingBytes }: Noise, operations: number): number {
  return Math.hypot(slope, (Math.SQRT2 * readingBytes) / (operations / 2))
}

/** Standard normal deviate by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A curve as one trial shows it: the application grows by 2 B/op of itself. */
export function noisy(random: Random, { slope, readingBytes }: Noise, curve: Curve): Curve {
  const ownSlope = slope * normal(random)
  const offset = 200_000 * normal(random)
  return k => curve(k) + offset + (ownSlope + 2) * k + readingBytes * normal(random)
}
