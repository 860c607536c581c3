import type { ByteMetric, CountMetric } from '../../types/decision-settings.js'

/** When the trials are looked at: at first with `operations` operations, then with trials of twice and of four times as many. */
export interface Look {
  /** Operations as a multiple of those of the call. */
  readonly multiple: 1 | 2 | 4
  /** Completed trials of an arm. */
  readonly trials: number
  /** Completed trials of the arm that it is compared with: one serves many, and is judged by itself as well. */
  readonly reference: number
}

/**
 * Longer before more: what varies between readings does not grow with the operations between them, and a trial that goes on with the
 * application of a shorter one costs no launch. More launches guard against what differs between them.
 */
export const LOOKS: readonly Look[] = [
  { multiple: 1, trials: 2, reference: 2 },
  { multiple: 2, trials: 2, reference: 2 },
  { multiple: 2, trials: 4, reference: 4 },
  { multiple: 4, trials: 2, reference: 2 },
  { multiple: 4, trials: 4, reference: 4 },
  { multiple: 4, trials: 6, reference: 6 },
]

const LONGEST = Math.max(...LOOKS.map(({ multiple }) => multiple))

/** What longer trials there are to confirm what those of a look show. */
export function stageOf(look: Look): 'first' | 'longer' | 'last' {
  return look.multiple === 1 ? 'first' : look.multiple < LONGEST ? 'longer' : 'last'
}

/** Most of the chance of a false accusation goes to the heap, where leaks are; the other metrics share the rest. */
const SHARE: Readonly<Record<ByteMetric | CountMetric, number>> = {
  heap: 0.8,
  ...{ arrayBuffers: 0.04, external: 0.04, code: 0.04 },
  ...{ handles: 0.016, listeners: 0.016, fds: 0.016, threads: 0.016, contexts: 0.016 },
}

/**
 * One-sided level at which one look may accuse one component by one metric, so that the whole report accuses a
 * harmless component with a probability of at most `errorRate`: the rate is spent evenly over the looks, by
 * {@link SHARE} over the metrics, and by Holm's procedure over the components.
 */
export function leakLevel(
  errorRate: number,
  metric: ByteMetric | CountMetric,
  remainingComponents: number,
): number {
  return (errorRate * SHARE[metric]) / LOOKS.length / remainingComponents
}

/**
 * One-sided level at which one look may call one metric of one component clean that grows by exactly its threshold, so that all looks
 * together do with a probability of at most `errorRate`. A leak of twice the threshold is taken for clean far more rarely (see `bench/rule`).
 */
export function cleanLevel(errorRate: number): number {
  return errorRate / LOOKS.length
}
