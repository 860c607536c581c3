import type { TrialGrowth } from './trial-growth.js'

/** What resident memory hints at. It never accuses. */
export type ResidentHint = 'none' | 'grows' | 'grows-a-lot'

/** Growth over the last half of a trial below which resident memory says nothing: its noise is up to 1 MB. */
const NOTICEABLE_BYTES = 4 * 1024 * 1024

/**
 * Growth over the last half of a trial that keeps a component from clean. Healthy agents were seen to grow by 15 kB an
 * operation over the first 5,000 requests, 38 MB in the last half of them, before they stopped.
 */
const LARGE_BYTES = 64 * 1024 * 1024

export interface ResidentInput {
  readonly rss: readonly TrialGrowth[]
  /** Growth of everything that V8 accounts for, by trial in the same order: it explains as much of the resident memory. */
  readonly explained: readonly (readonly TrialGrowth[])[]
}

/**
 * Looks at the resident memory that nothing else explains: its persistent growth in every trial of the arm, beyond
 * anything in the reference.
 */
export function judgeResident(
  arm: ResidentInput,
  reference: ResidentInput | null,
  threshold: number,
): ResidentHint {
  const usual = Math.max(0, ...(reference === null ? [] : unexplained(reference).map(({ m }) => m)))
  const beyond = unexplained(arm).map(({ m, widthOfHalf }) => ({
    rate: m - usual,
    bytes: (m - usual) * widthOfHalf,
  }))
  if (beyond.length < 2 || !beyond.every(({ rate }) => rate > threshold)) return 'none'
  if (beyond.every(({ bytes }) => bytes >= LARGE_BYTES)) return 'grows-a-lot'
  return beyond.every(({ bytes }) => bytes >= NOTICEABLE_BYTES) ? 'grows' : 'none'
}

function unexplained({ rss, explained }: ResidentInput): { m: number; widthOfHalf: number }[] {
  return rss.map(({ value, width }, index) => {
    const known = (quantity: 'g1' | 'g2'): number =>
      explained.reduce((sum, trials) => sum + Math.max(0, trials[index]?.value[quantity] ?? 0), 0)
    const m = Math.min(value.g1 - known('g1'), value.g2 - known('g2'))
    return { m, widthOfHalf: width.h1 + width.h2 }
  })
}
