import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { jsonLines } from '../system/json-lines.js'
import { processEnd, endGroup, killMarked } from '../system/process-end.js'
import { isDebugging } from '../system/debug.js'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import {
  type FromHost,
  type ToHost,
  localError,
  remoteError,
  type CallerFunctions,
  answer,
} from './messages.js'
import type { TrialObserver, TrialResult, TrialSpec } from './types.js'
import { settlesWithin } from '../system/real-time.js'
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { platform } from '../system/platform.js'
import { ownPlugAndPlay } from '../system/plug-and-play.js'

/** Longer than a host takes that gives up waiting for what it has started. */
const LEAVE_GRACE_MS = 12_000
const KEPT_STDERR = 8_192

/** A process that runs one trial after the other, seen from the caller. */
export interface TrialHost {
  /**
   * Runs one trial.
   * @throws IsolateLeakError `ERR_HOST_FAILED` when the host itself dies
   */
  run(spec: TrialSpec, observer: TrialObserver): Promise<TrialResult>
  /**
   * Runs a trial with the application of another, `continues`, that was run with `park` and had the same launch.
   * @throws IsolateLeakError `ERR_HOST_FAILED` when the host itself dies
   */
  resume(spec: TrialSpec, continues: number, observer: TrialObserver): Promise<TrialResult>
  /** Ends the application of a trial that was run with `park`. */
  release(trial: number): void
  /** Stops the running trial, which then ends as `aborted`. */
  abort(): void
  /** Ends the host with all it started, and resolves when nothing of it is left. */
  close(): Promise<void>
}

interface Pending {
  readonly observer: TrialObserver
  readonly resolve: (result: TrialResult) => void
  readonly reject: (error: Error) => void
}

/** Opens what runs the trials of a call: a process, unless a test brought something else. */
export function hostFor(
  { openHost }: Pick<ResolvedOptions, 'openHost'>,
  functions: CallerFunctions,
): TrialHost {
  // The options are below trials, and do not know what a host is.
  const open = (openHost ?? openTrialHost) as typeof openTrialHost
  return open(functions)
}

/** Starts a host; `functions` are the caller's own, which trials may ask for. */
export function openTrialHost(functions: CallerFunctions): TrialHost {
  const runId = randomUUID()
  const child = startHost()
  const channel = jsonLines<FromHost, ToHost>(child.stdout, child.stdin)
  const pending = new Map<number, Pending>()
  const questions = new Map<number, AbortController>()
  let folder: string | undefined
  let failure: IsolateLeakError | undefined
  let remoteFailure: Error | undefined
  let stderr = ''

  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-KEPT_STDERR)
    // What the host itself logs, under names of its own.
    if (isDebugging()) process.stderr.write(chunk)
  })

  const fail = (reason: string, cause?: unknown): void => {
    failure ??= new IsolateLeakError(
      'ERR_HOST_FAILED',
      `the process that runs the trials failed: ${reason}${stderr === '' ? '' : `\n${stderr.trimEnd()}`}`,
      { cause: cause ?? remoteFailure },
    )
    for (const { reject } of pending.values()) reject(failure)
    pending.clear()
    for (const controller of questions.values()) controller.abort(failure)
  }
  const exited = new Promise<void>(resolve => {
    child.once('error', error => {
      fail(error.message, error)
      resolve()
    })
    // What it said before it ended comes first.
    void processEnd(child).closed.then(({ exitCode, signal }) => {
      fail(remoteFailure?.message ?? `it ended with ${signal ?? `exit status ${String(exitCode)}`}`)
      resolve()
    })
  })

  channel.onMessage(message => {
    switch (message.type) {
      case 'started':
        folder = message.folder
        break
      case 'ready':
        pending.get(message.trial)?.observer.ready(message.url)
        break
      case 'answered':
        pending.get(message.trial)?.observer.answered(message.answers)
        break
      case 'sample':
        pending.get(message.trial)?.observer.sample(message.sample)
        break
      case 'idle':
        pending.get(message.trial)?.observer.idle()
        break
      case 'result':
        pending.get(message.trial)?.resolve(message.result)
        pending.delete(message.trial)
        break
      case 'failed':
        remoteFailure = localError(message.error)
        break
      case 'cancel':
        questions.get(message.id)?.abort()
        break
      case 'ask': {
        const { id, question } = message
        const controller = new AbortController()
        questions.set(id, controller)
        const observer = pending.get(message.trial)?.observer
        const answered =
          question.kind === 'turn'
            ? (observer?.turn() ?? Promise.resolve())
            : answer(question, functions, controller.signal)
        answered
          .then(
            value => {
              channel.send({ type: 'answer', id, value })
            },
            (error: unknown) => {
              observer?.threw?.(error)
              channel.send({ type: 'answer', id, error: remoteError(error) })
            },
          )
          .finally(() => questions.delete(id))
      }
    }
  })
  channel.send({ type: 'start', runId })

  const expect = async (id: number, observer: TrialObserver, message: ToHost): Promise<TrialResult> => {
    if (failure) throw failure
    return new Promise((resolve, reject) => {
      pending.set(id, { observer, resolve, reject })
      channel.send(message)
    })
  }

  return {
    run: async (spec, observer) => expect(spec.id, observer, { type: 'run', spec }),
    resume: async (spec, continues, observer) =>
      expect(spec.id, observer, { type: 'continue', spec, continues }),
    release(trial) {
      channel.send({ type: 'release', trial })
    },
    abort() {
      channel.send({ type: 'abort' })
    },
    async close() {
      child.stdin.end()
      const hasLeft = await settlesWithin(exited, LEAVE_GRACE_MS)
      if (!hasLeft && child.pid !== undefined) await endGroup(child.pid, exited, runId)
      // Already done by a host that left in good order; a host that was killed leaves both to us.
      await killMarked(runId)
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Variables that a plain Node process needs and that carry nothing of a test runner. */
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'DEBUG',
  'SystemRoot',
  'PATHEXT',
]

/** The host's process: its stdin and stdout are the channel, stderr is for messages. */
export type HostProcess = ChildProcess & {
  readonly stdin: NonNullable<ChildProcess['stdin']>
  readonly stdout: NonNullable<ChildProcess['stdout']>
  readonly stderr: NonNullable<ChildProcess['stderr']>
}

/**
 * Starts the trial host on the caller's own Node, in a process group of its own so that a Ctrl-C meant for the caller
 * does not reach it. The environment is exact even where the caller's test runner adds itself to every `spawn`
 * (tap's processinfo does so even to an explicit clean `env`).
 */
export function startHost(): HostProcess {
  const script = fileURLToPath(new URL('./host.js', import.meta.url))
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  const options = ownPlugAndPlay()?.options.flat() ?? []
  const command = platform.exact(process.execPath, [...options, script], env)
  return spawn(command.file, command.args, {
    env: command.env,
    detached: platform.groups,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
}
