import type { ByteMetric } from './types.js'

/** When the trials are looked at: at first with `operations` operations, then with fresh trials of twice as many. */
export interface Look {
  /** 1 or 2 times the operations of the call. */
  readonly multiple: 1 | 2
  /** Completed trials of an arm. */
  readonly trials: number
  /** Completed trials of the arm that it is compared with: one serves many, and is judged by itself as well. */
  readonly reference: number
}

/**
 * The first look has as few trials as can decide where readings repeat well; two trials of an arm that differ by chance
 * cannot, since a quantile of Student's t with so few degrees of freedom is large.
 */
export const LOOKS: readonly Look[] = [
  { multiple: 1, trials: 2, reference: 3 },
  { multiple: 1, trials: 3, reference: 4 },
  { multiple: 1, trials: 5, reference: 6 },
  { multiple: 2, trials: 2, reference: 3 },
  { multiple: 2, trials: 5, reference: 5 },
]

/** Index of the first look with twice the operations. */
export const SECOND_STAGE: number = LOOKS.findIndex(look => look.multiple === 2)

/** Most of the chance of a false accusation goes to the heap, where leaks are; the rest is shared by three. */
const SHARE: Readonly<Record<ByteMetric, number>> = {
  heap: 0.8,
  arrayBuffers: 0.2 / 3,
  external: 0.2 / 3,
  code: 0.2 / 3,
}

/**
 * One-sided level at which one look may accuse one component by one metric, so that the whole report accuses a
 * harmless component with a probability of at most `errorRate`: the rate is spent evenly over the looks, by
 * {@link SHARE} over the metrics, and by Holm's procedure over the components.
 */
export function leakLevel(errorRate: number, metric: ByteMetric, remainingComponents: number): number {
  return (errorRate * SHARE[metric]) / LOOKS.length / remainingComponents
}

/**
 * One-sided level at which one look may call one metric of one component clean that grows by exactly its threshold. A leak
 * of twice the threshold is taken for clean far more rarely (see `bench/rule`).
 */
export function cleanLevel(errorRate: number): number {
  return errorRate * CLEAN_SHARE
}

const CLEAN_SHARE = 0.4
