import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../../test/support/free-port.js'
import { setTimeout as delay } from 'node:timers/promises'
import { cleanEnvironment } from '../../lib/system/clean-environment.js'
import { projectPath } from '../../test/support/project-path.js'
import type { CaseAgent, CaseSubject } from './cases/types.js'

const READY_MS = 60_000
const POLL_MS = 50
const ANSWER_MS = 60_000

/** An application as the naive script launches it. */
export interface NaiveApplication {
  readonly url: string
  /** Performs calls inside the application where asked to, collects, and gives `heapUsed` in bytes. */
  heapUsed(calls?: {
    readonly module: string
    readonly from: number
    readonly calls: number
  }): Promise<number>
  end(): Promise<void>
}

const preload = projectPath('bench', 'accuracy', 'preloads', 'naive.cjs')

/** Launches it with the agents preloaded, and waits until it listens where `listens`. */
export const naiveLaunch = async (
  entry: CaseSubject['entry'],
  agents: readonly CaseAgent[],
  listens: boolean,
  signal: AbortSignal,
): Promise<NaiveApplication> => {
  signal.throwIfAborted()
  const port = await freePort()
  const child = fork(entry.file, [...(entry.args ?? [])], {
    execArgv: [
      ...['--expose-gc', '--require', preload, ...(entry.nodeArgs ?? [])],
      ...agents.flatMap(agent => ['--require', agent.require]),
    ],
    env: {
      ...cleanEnvironment(process.env).env,
      ...{ ...entry.env, PORT: port.toString() },
      ...Object.assign({}, ...agents.map(({ env }) => env)),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A group of its own, so that what it starts is ended with it.
    detached: true,
  })
  const application = observed(child, signal)
  try {
    if (listens) await listening(port, child, application.ended)
    return { ...application, url: `http://127.0.0.1:${port.toString()}` }
  } catch (error) {
    await application.end()
    throw error
  }
}

const observed = (
  child: ChildProcess,
  signal: AbortSignal,
): Omit<NaiveApplication, 'url'> & { readonly ended: () => Error | null } => {
  let output = ''
  let error: Error | null = null
  const exited = once(child, 'exit').then(([code, by]: unknown[]) => {
    error ??= new Error(`the application of the naive script ended (${String(code ?? by)}): ${output}`)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2_000)
  })
  const kill = (): void => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL')
  }
  process.once('exit', kill)
  signal.addEventListener('abort', kill, { once: true })
  return {
    ended: () => error,
    heapUsed: async calls => {
      child.send(calls ?? {})
      const within = AbortSignal.timeout(ANSWER_MS)
      const answer = once(child, 'message', { signal: AbortSignal.any([signal, within]) })
      const gone = exited.then(() => {
        throw error ?? new Error('the application of the naive script ended')
      })
      const [heapUsed] = (await Promise.race([answer, gone])) as [number]
      return heapUsed
    },
    end: async () => {
      process.off('exit', kill)
      signal.removeEventListener('abort', kill)
      kill()
      await exited
    },
  }
}

const listening = async (port: number, child: ChildProcess, ended: () => Error | null): Promise<void> => {
  for (const startedAtMs = performance.now(); performance.now() - startedAtMs < READY_MS;) {
    const error = ended()
    if (error !== null) throw error
    if (await accepts(port)) return
    await delay(POLL_MS)
  }
  throw new Error(`the application of the naive script (${child.spawnargs.join(' ')}) did not listen`)
}

const accepts = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
