import { realTime } from './real-time.js'

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
