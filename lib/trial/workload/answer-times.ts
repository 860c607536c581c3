import { createHistogram } from 'node:perf_hooks'
import type { AnswerTimes } from '../../types/index.js'

/** An hour, in microseconds: longer answers count as such. */
const LONGEST = 3_600_000_000

/** Times of answers, in as much memory as three digits of them need, however many they are. */
interface RecordedTimes {
  readonly record: (tookMs: number) => void
  /** Of what was recorded since the last `reset`; `null`: nothing was. */
  readonly summary: () => AnswerTimes | null
  readonly reset: () => void
}

export function recordAnswerTimes(): RecordedTimes {
  const histogram = createHistogram({ lowest: 1, highest: LONGEST, figures: 3 })
  const atMs = (percent: number): number => histogram.percentile(percent) / 1000
  return {
    record: tookMs => {
      histogram.record(Math.min(LONGEST, Math.max(1, Math.round(tookMs * 1000))))
    },
    summary: () =>
      histogram.count === 0 ? null : { count: histogram.count, p50Ms: atMs(50), p99Ms: atMs(99) },
    reset: () => {
      histogram.reset()
    },
  }
}
