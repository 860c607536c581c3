import type * as Inspector from 'node:inspector'
import type { ProbeFailureClass } from './probe-failure.cjs'

const inspector = require('node:inspector') as typeof Inspector
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

type Parameters = Readonly<Record<string, unknown>>
/** Sends one inspector command to the main thread. */
export type Post = <T>(method: string, parameters?: Parameters) => Promise<T>

// On Node 16 disconnecting aborts the process (an assertion in env.cc): there one session is held for life.
const holdsSession = Number(process.versions.node.split('.')[0]) < 18
let held: Inspector.Session | null = null

/**
 * Lets `work` use a session with the main thread's inspector. The session exists only meanwhile, since one that is
 * connected at exit makes Node print a line on stderr and adds to the heap.
 * @throws ProbeFailure with `ERR_PROBE_BUSY` after `timeoutMs`
 */
async function withMainThread<T>(timeoutMs: number, work: (post: Post) => Promise<T>): Promise<T> {
  const session = held ?? connect()
  let timer: NodeJS.Timeout | undefined
  let expired = false
  const post: Post = (method, parameters) =>
    expired ? Promise.reject(busy(timeoutMs)) : send(session, method, parameters)
  try {
    return await Promise.race([
      work(post),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(busy(timeoutMs))
        }, timeoutMs)
      }),
    ])
  } finally {
    expired = true
    clearTimeout(timer)
    if (!holdsSession) session.disconnect()
  }
}

function connect(): Inspector.Session {
  const session = new inspector.Session()
  session.connectToMainThread()
  if (holdsSession) held = session
  return session
}

function send<T>(session: Inspector.Session, method: string, parameters: Parameters = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    session.post(method, parameters, (error: Error | null, result?: object) => {
      if (error === null) resolve(result as T)
      else reject(new ProbeFailure('ERR_PROBE_FAILED', `The inspector refused ${method}: ${error.message}`))
    })
  })
}

function busy(timeoutMs: number): Error {
  return new ProbeFailure(
    'ERR_PROBE_BUSY',
    `Expected the application's main thread to answer within ${String(timeoutMs)} ms, but it was busy`,
  )
}

export type WithMainThread = typeof withMainThread
module.exports = withMainThread
