import type { AttachedWorkers, AttachWorkers } from './attach-workers.cjs'
import type { MainThreadLink } from './main-thread-link.cjs'
import type { Post } from './main-thread-link.cjs'
import type { Listen, WithMainThread } from './main-thread-session.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'

const attachWorkers = require('./attach-workers.cjs') as AttachWorkers
const { openSession } = require('./main-thread-link.cjs') as MainThreadLink
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

type Running = Pick<AttachedWorkers, 'threads' | 'detach'>

let kept: Promise<AttachedWorkers> | null = null

/** The Workers of the application: attached to for this purpose, unless their sessions are kept. */
async function runningWorkers(post: Post, listen: Listen): Promise<Running> {
  if (kept === null) return attachWorkers(post, listen)
  return { threads: (await kept).current(), detach: async () => Promise.resolve() }
}

/**
 * Lets `work` ask one thread of the application, in a session that is kept: of the main thread (`null`) or of a Worker, and from then
 * on of all Workers.
 * @throws ProbeFailure with `ERR_PROBE_BUSY` after `timeoutMs`, with `ERR_PROBE_FAILED` when there is no such Worker
 */
async function withThread<T>(
  thread: number | null,
  timeoutMs: number,
  work: (post: Post, listen: Listen) => Promise<T>,
): Promise<T> {
  return withMainThread(timeoutMs, async (post, listen) => {
    if (thread === null) return work(post, listen)
    const session = openSession()
    kept ??= attachWorkers(session.post, session.listen)
    const worker = (await kept).current().find(({ id }) => id === thread)
    if (worker !== undefined) return work(worker.post, worker.listen)
    throw new ProbeFailure('ERR_PROBE_FAILED', `The worker thread ${String(thread)} has ended`)
  })
}

export interface KeepWorkers {
  readonly runningWorkers: typeof runningWorkers
  readonly withThread: typeof withThread
}
module.exports = { runningWorkers, withThread } satisfies KeepWorkers
