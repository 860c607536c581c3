import { performance } from 'node:perf_hooks'
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers'

// Taken when the library is loaded: a test suite that fakes timers and dates replaces them afterwards, and a run must
// neither stand still nor end early because of it.
const [start, stop, RealDate] = [setTimeout, clearTimeout, Date]
const [startEvery, stopEvery] = [setInterval, clearInterval]
const monotonic = performance.now.bind(performance)

/** Time as it really passes, whatever a test suite makes of `Date`, `performance` and timers. */
export const realTime = {
  /** Monotonic, ms. */
  nowMs: (): number => monotonic(),
  date: (): Date => new RealDate(),
  /** Resolves after `ms`. */
  delay: async (ms: number): Promise<void> =>
    new Promise(resolve => {
      start(resolve, ms)
    }),
  /** Calls `action` after `ms`, unless the answer is called before. */
  later: (ms: number, action: () => void): (() => void) => {
    const timer = start(action, ms)
    return () => {
      stop(timer)
    }
  },
  /** Calls `action` every `ms` until the answer is called; it does not keep the process alive. */
  every: (ms: number, action: () => void): (() => void) => {
    const timer = startEvery(action, ms).unref()
    return () => {
      stopEvery(timer)
    }
  },
} as const

/** Waits for a promise, `ms` at most; answers whether it has settled. How it has is for those who own it. */
export async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let stop: (() => void) | undefined
  const late = new Promise<false>(resolve => {
    stop = realTime.later(ms, () => {
      resolve(false)
    })
  })
  const settled = Promise.allSettled([work]).then(() => true)
  try {
    return await Promise.race([settled, late])
  } finally {
    stop?.()
  }
}
