import type { MainThreadLink, Post } from './main-thread-link.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'

const { holdsSession, openSession } = require('./main-thread-link.cjs') as MainThreadLink
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

/** Listens to one inspector event of the main thread for as long as the work lasts. */
export type Listen = (event: string, listener: (parameters: unknown) => void) => void
/** `isHeld`: the session does not end with the work, so what is begun in it must be undone. */
type Work<T> = (post: Post, listen: Listen, isHeld: boolean) => Promise<T>

const shortestAttemptMs = 500
const betweenAttemptsMs = 20
/** How much longer than the longest one so far that succeeded an attempt may take. */
const patience = 4

/** Kept from one use to the next that takes about as long. */
export interface Pace {
  longestSuccessMs: number
}

const usualPace: Pace = { longestSuccessMs: 0 }

/**
 * Lets `work` use a session with the main thread's inspector. The session exists only meanwhile, since one that is
 * connected at exit makes Node print a line on stderr and adds to the heap.
 *
 * An agent may debug its own thread (Sentry reads local variables that way): an exception then pauses the main thread for as
 * long as a session of another thread is connected. So `work` is interrupted after a while, the session let go, and `work`
 * begun anew, with twice the time: it must not matter whether it was begun before.
 * @throws ProbeFailure with `ERR_PROBE_BUSY` after `timeoutMs`
 */
async function withMainThread<T>(timeoutMs: number, work: Work<T>, pace: Pace = usualPace): Promise<T> {
  const begunAtMs = now()
  let attemptMs = Math.max(shortestAttemptMs, patience * pace.longestSuccessMs)
  for (;;) {
    const leftMs = timeoutMs - (now() - begunAtMs)
    const attemptedAtMs = now()
    const outcome = await attempt(holdsSession ? leftMs : Math.min(attemptMs, leftMs), work)
    if (outcome !== expired) {
      pace.longestSuccessMs = Math.max(pace.longestSuccessMs, now() - attemptedAtMs)
      return outcome
    }
    if (now() - begunAtMs >= timeoutMs) throw busy(timeoutMs)
    attemptMs *= 2
    // A paused main thread goes on when it sees that nobody is connected any more.
    await new Promise(resolve => setTimeout(resolve, betweenAttemptsMs))
  }
}

const expired = Symbol('expired')

async function attempt<T>(limitMs: number, work: Work<T>): Promise<T | typeof expired> {
  const session = openSession()
  const unlisten: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const post: Post = (method, parameters) =>
    isOver ? new Promise<never>(() => undefined) : session.post(method, parameters)
  const listen: Listen = (event, listener) => {
    unlisten.push(session.listen(event, listener))
  }
  try {
    return await Promise.race([
      work(post, listen, holdsSession),
      new Promise<typeof expired>(resolve => {
        timer = setTimeout(() => {
          resolve(expired)
        }, limitMs)
      }),
    ])
  } finally {
    isOver = true
    clearTimeout(timer)
    for (const stop of unlisten) stop()
    session.close()
  }
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function busy(timeoutMs: number): Error {
  return new ProbeFailure(
    'ERR_PROBE_BUSY',
    `Expected the application's main thread to answer within ${String(timeoutMs)} ms, but it was busy`,
  )
}

export type WithMainThread = typeof withMainThread
module.exports = withMainThread
