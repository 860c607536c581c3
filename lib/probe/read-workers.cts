import type * as Path from 'node:path'
import type { WorkerThread } from './attach-workers.cjs'
import type { KeepWorkers } from './keep-workers.cjs'
import type { Post } from './main-thread-link.cjs'
import type { Listen, Pace, WithMainThread } from './main-thread-session.cjs'
import type { MainThreadName } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { IsolateReading, ThreadReading } from './protocol.cjs'
import type { ReadIsolate, What } from './read-isolate.cjs'

const path = require('node:path') as typeof Path
const { runningWorkers } = require('./keep-workers.cjs') as KeepWorkers
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const readIsolate = require('./read-isolate.cjs') as ReadIsolate
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

/** A Worker that blocks, as the idle ones of some pools do, is not waited for longer after the last answer of any. */
const silenceMs = 10_000
const pollMs = 100
const name: MainThreadName = '__isolateLeakProbe'
const counters = JSON.stringify(path.join(__dirname, 'watch-thread.cjs'))

/** What is known of a Worker from one reading to the next, by its `threadId`. */
interface Known {
  last: IsolateReading | null
  /** Readings in a row that were refused. */
  refused: number
  /** It did not answer: its last reading stands for it from then on, and it is not asked again. */
  givenUp: boolean
}

const mostRefused = 5
/** Whether a Worker's script has begun. Loading a file into one that is still starting would crash it, and the application. */
const hasBegun = 'process.argv.length > 1 || process._eval !== undefined'
const stateOfWorker = `!(${hasBegun}) ? 'starting' : typeof ${name} !== 'undefined' ? 'prepared' :
  typeof process.getBuiltinModule === 'function' ? 'new' : 'old'`

const known = new Map<number, Known>()
let pace: Pace = { longestSuccessMs: 0 }

/** Reads the Workers of the application, all at a time. */
async function readWorkers(timeoutMs: number, what: What): Promise<ThreadReading[]> {
  const urls = new Map<number, string>()
  const done = new Set<number>()
  let heardAtMs = now()
  let isOver = false

  async function readOne(thread: WorkerThread): Promise<void> {
    const before = known.get(thread.id)
    if (before?.givenUp === true || done.has(thread.id)) return
    const state: Known = before ?? { last: null, refused: 0, givenUp: false }
    try {
      // One that is gone at the next reading is left alone.
      const isReady = state.last !== null || (before !== undefined && (await prepare(thread)))
      if (!isReady) return void done.add(thread.id)
      const last = { compiledCode: state.last?.compiledCode ?? Infinity, heap: heapOf(state.last) }
      state.last = await readIsolate(heard(thread.post), what, last)
      state.refused = 0
    } catch {
      // Its session was taken away.
      if (isOver) return
      if (thread.hasEnded()) return void urls.delete(thread.id)
      state.refused++
      state.givenUp = state.refused >= mostRefused
    }
    known.set(thread.id, state)
    done.add(thread.id)
  }

  function heard(post: WorkerThread['post']): WorkerThread['post'] {
    return async (method, parameters) => {
      const answer = await post<never>(method, parameters)
      heardAtMs = now()
      return answer
    }
  }

  async function unlessSilent(reading: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const silence = new Promise<void>(resolve => {
      timer = setInterval(() => {
        if (now() - heardAtMs > Math.min(silenceMs, timeoutMs / 2)) resolve()
      }, pollMs)
    })
    await Promise.race([reading, silence])
    clearInterval(timer)
  }

  async function readAll(post: Post, listen: Listen, isHeld: boolean): Promise<void> {
    const { threads, detach } = await runningWorkers(post, listen)
    urls.clear()
    for (const { id, url } of threads) urls.set(id, url)
    if (threads.length > 0) await unlessSilent(Promise.all(threads.map(readOne)))
    isOver = true
    if (isHeld) await detach()
  }

  try {
    await withMainThread(timeoutMs, readAll, pace)
  } catch (error) {
    // The main thread answered a moment ago: it is Workers that do not.
    if (urls.size === 0) throw error
  }
  for (const id of known.keys()) if (!urls.has(id)) known.delete(id)
  return [...urls].map(([id, url]) => {
    const state = known.get(id) ?? { last: null, refused: 0, givenUp: false }
    if (!done.has(id) && !state.givenUp) {
      state.givenUp = true
      pace = { longestSuccessMs: 0 }
    }
    known.set(id, state)
    return { id, url, reading: state.last, current: !state.givenUp }
  })
}

function heapOf(reading: IsolateReading | null): number {
  return reading === null ? Infinity : reading.heapUsed - reading.compiledCode
}

interface Evaluation {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly text: string }
}

/**
 * Loads the counters into a Worker.
 *
 * Older Nodes have `require` only in the command line interface of the inspector, and V8 crashes when that is asked of a Worker that
 * is ending (`V8Console::CommandLineAPIScope` calls a built-in where no JavaScript may run any more).
 * @returns whether it can be read: not while it is starting
 */
async function prepare({ post }: WorkerThread): Promise<boolean> {
  const evaluate = async (expression: string, includeCommandLineAPI: boolean): Promise<unknown> => {
    const { result, exceptionDetails } = await post<Evaluation>('Runtime.evaluate', {
      expression,
      includeCommandLineAPI,
      silent: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new ProbeFailure('ERR_PROBE_FAILED', exceptionDetails.text)
    return result.value
  }
  const state = await evaluate(stateOfWorker, false)
  if (state === 'starting') return false
  // A reading that was interrupted may have done it.
  if (state === 'prepared') return true
  const isOld = state === 'old'
  const load = isOld ? 'require' : `process.getBuiltinModule('node:module').createRequire(${counters})`
  await evaluate(`const ${name} = ${load}(${counters}); 0`, isOld)
  return true
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export type ReadWorkers = typeof readWorkers
module.exports = readWorkers
