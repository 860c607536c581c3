import { grewEachTime, leastSquaresP, mannKendallP } from '../trend-tests.js'
import type { NaiveMeasured } from './naive-script.js'

/** A usual way to decide, on the readings of the naive script. */
export interface Peer {
  readonly name: string
  /** Whether it would accuse the agent. */
  readonly accuses: (measured: NaiveMeasured) => boolean
}

const MARGIN_BYTES = 100 * 1024
const LEVEL = 0.05

/** Heap after the last round, more than after the warm-up. */
const grown = ([first, ...rest]: readonly number[]): number => (rest.at(-1) ?? NaN) - (first ?? NaN)

/** The readings after each round, without the one after the warm-up. */
const rounds = ({ agent }: NaiveMeasured): readonly number[] => agent.slice(1)

export const peers: readonly Peer[] = [
  {
    name: 'naive script',
    accuses: ({ agent, baseline }) => grown(agent) - grown(baseline) > MARGIN_BYTES,
  },
  { name: 'least squares at 5%', accuses: measured => leastSquaresP(rounds(measured)) < LEVEL },
  { name: 'Mann-Kendall at 5%', accuses: measured => mannKendallP(rounds(measured)) < LEVEL },
  { name: 'grew in every round', accuses: measured => grewEachTime(rounds(measured)) },
]
