import type { TrialGrowth, Window } from '../growth/trial-growth.js'

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
  const usual = Math.max(0, ...(reference === null ? [] : unexplained(reference).map(({ rate }) => rate)))
  const beyond = unexplained(arm).map(({ rate, width }) => ({
    rate: rate - usual,
    bytes: (rate - usual) * width,
  }))
  if (beyond.length < 2 || !beyond.every(({ rate }) => rate > threshold)) return 'none'
  if (beyond.every(({ bytes }) => bytes >= LARGE_BYTES)) return 'grows-a-lot'
  return beyond.every(({ bytes }) => bytes >= NOTICEABLE_BYTES) ? 'grows' : 'none'
}

function unexplained({ rss, explained }: ResidentInput): { rate: number; width: number }[] {
  return rss.map(({ middle, late }, index) => {
    const known = (window: Window): number =>
      explained.reduce((sum, trials) => sum + Math.max(0, trials[index]?.[window].rate ?? 0), 0)
    const rate = Math.min(middle.rate - known('middle'), late.rate - known('late'))
    return { rate, width: late.width }
  })
}
