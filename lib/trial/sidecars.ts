import { connect } from 'node:net'
import { basename } from 'node:path'
import { launchApplication, type Application } from './launch-with-probe.js'
import { exitInWords } from '../system/process-end.js'
import { TrialFailed } from './trial-stop.js'
import type { SidecarSpec } from './types.js'

const POLL_MS = 50
/** How long a port may take to answer before it is asked again. */
const CONNECT_TIMEOUT_MS = 1_000
const OUTPUT_LINES = 12

/** The processes beside one application. */
export interface Sidecars {
  /**
   * Starts them in turn, each when the one before it is ready.
   * @throws TrialFailed of kind `sidecar-crashed` or `sidecar-not-ready`
   */
  start(): Promise<void>
  /** Rejects, with TrialFailed, when one of them ends before {@link end} is called; never resolves. */
  readonly ended: Promise<never>
  /** Ends all of them, last first. Nothing of them is left when the promise settles. */
  end(): Promise<void>
}

/** Prepares the processes that belong to the agents of one trial; each is found by its marker, whatever happens. */
export function sidecars(
  specs: readonly SidecarSpec[],
  markerOf: (index: number) => string,
  readyTimeoutMs: number,
): Sidecars {
  const running: Application[] = []
  let ending = false
  let starting: Promise<void> = Promise.resolve()
  let failed: (error: TrialFailed) => void
  const ended = new Promise<never>((_, reject) => {
    failed = reject
  })
  // Heard only where the trial waits for it.
  ended.catch(() => undefined)

  const startOne = async (spec: SidecarSpec, index: number): Promise<void> => {
    const [file, ...args] = spec.command
    const { cwd, env } = spec
    const launching = launchApplication({ file, args, cwd, env, stdin: '', marker: markerOf(index) })
    const process = await launching.catch((error: unknown) => {
      const message = `${nameOf(spec)} could not be started: ${(error as Error).message}`
      throw failure('sidecar-crashed', 'launch', message, undefined, error as Error)
    })
    running.push(process)
    let isReady = false
    void process.exited.then(async exit => {
      if (ending) return
      const [when, phase] = isReady
        ? (['while the application was running', 'measure'] as const)
        : (['before it was ready', 'launch'] as const)
      const message = `${nameOf(spec)} ${exitInWords(exit)} ${when}; a sidecar has to stay, in the foreground`
      await process.closed
      failed(failure('sidecar-crashed', phase, message, process))
    })
    await Promise.race([untilReady(spec, process, readyTimeoutMs, () => ending), ended])
    isReady = true
  }

  return {
    ended,
    async start() {
      starting = (async () => {
        for (const [index, spec] of specs.entries()) if (!ending) await startOne(spec, index)
      })()
      await starting
    },
    async end() {
      ending = true
      // One that is just being launched is among the running ones afterwards.
      await starting.catch(() => undefined)
      for (const process of running.toReversed()) await process.end()
    },
  }
}

async function untilReady(
  spec: SidecarSpec,
  process: Application,
  timeoutMs: number,
  isOver: () => boolean,
): Promise<void> {
  const { ready } = spec
  if (ready.kind === 'spawned') return
  const deadlineMs = performance.now() + timeoutMs
  let matched = false
  const pattern = ready.kind === 'output' ? new RegExp(ready.source, ready.flags) : null
  const stop = process.output.onLine(line => {
    matched ||= pattern?.test(line) === true
  })
  try {
    while (!(ready.kind === 'port' ? await answers(ready) : matched)) {
      if (isOver()) return
      if (performance.now() > deadlineMs) {
        const missing =
          ready.kind === 'port'
            ? `nothing answered on ${ready.host}:${String(ready.port)}`
            : `no line of its output matched /${ready.source}/${ready.flags}`
        const limit = `within readyTimeoutMs (${String(timeoutMs)} ms)`
        throw failure('sidecar-not-ready', 'launch', `${nameOf(spec)}: ${missing} ${limit}`, process)
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  } finally {
    stop()
  }
}

async function answers({ port, host }: { readonly port: number; readonly host: string }): Promise<boolean> {
  const socket = connect({ port, host, timeout: CONNECT_TIMEOUT_MS })
  try {
    return await new Promise(resolve => {
      socket.once('connect', () => {
        resolve(true)
      })
      for (const event of ['error', 'timeout']) {
        socket.once(event, () => {
          resolve(false)
        })
      }
    })
  } finally {
    socket.destroy()
  }
}

function nameOf({ agent, command }: SidecarSpec): string {
  return `the sidecar of agent '${agent}' (${basename(command[0])})`
}

function failure(
  kind: 'sidecar-crashed' | 'sidecar-not-ready',
  phase: 'launch' | 'measure',
  message: string,
  process: Application | undefined,
  cause?: Error,
): TrialFailed {
  const output = process?.output.lastLines(OUTPUT_LINES) ?? ''
  return new TrialFailed({ kind, phase, message, output, ...(cause === undefined ? {} : { cause }) })
}
