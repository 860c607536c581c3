import { randomUUID } from 'node:crypto'
import type { Application } from '../child/application.js'
import { platform } from '../child/platform.js'
import { debugFor } from '../debug.js'
import type { Caller } from './caller.js'
import { contamination } from './contamination.js'
import { driverFor } from './drive.js'
import { launchWithProbe, nodeOptionsWithProbe } from './launch-with-probe.js'
import { readyLimit, trialLimit, untimelyExit } from './limits.js'
import { ProbeError, probeServer, type ProbeClient, type ProbeServer } from './probe-client.js'
import { newProgress, recordOf, type Progress } from './progress.js'
import { untilReady } from './readiness.js'
import { takeSeries } from './series.js'
import { TrialEnded, TrialFailed } from './trial-stop.js'
import type { TrialResult, TrialSpec } from './types.js'

const debug = debugFor('trial')

/** Flushing bytecode is the one thing V8 does at a moment of its own that changes the reading and nothing else. */
const V8_FLAGS = ['--no-flush-bytecode']
/** How long an exit may lag behind the broken connection by which it is noticed first. */
const EXIT_LAG_MS = 500

/** Where the host runs trials. */
export interface TrialPlace {
  /** Private folder of the host, for sockets. */
  readonly folder: string
  /** Marks every process of the run. */
  readonly runId: string
}

/** Launches one variant, drives it, samples it, ends it. Nothing of it is left when the promise settles. */
export async function runTrial(
  spec: TrialSpec,
  place: TrialPlace,
  caller: Caller,
  aborted: AbortSignal,
): Promise<TrialResult> {
  const over = new AbortController()
  const signal = AbortSignal.any([aborted, over.signal])
  const progress = newProgress(spec)
  const token = randomUUID()
  const socket = platform.socketPath(place.folder)
  let server: ProbeServer | undefined
  let application: Application | undefined
  let probe: ProbeClient | undefined

  try {
    server = await probeServer(socket, token)
    void server.connected.then(client => (probe = client))
    const keepAlive = spec.workload.kind === 'in-app'
    const marker = `${place.runId}.${String(spec.id)}`
    application = await launchWithProbe(spec.launch, { socket, token, keepAlive, v8Flags: V8_FLAGS }, marker)
    debug('trial %d: %o as pid %d', spec.id, spec.agents, application.pid)

    await first([
      measure({ spec, server, application, caller, progress, signal }),
      untimelyExit(application, progress),
      trialLimit(spec, signal),
      readyLimit(spec, application, progress, () => probe !== undefined, signal),
      abortion(aborted),
    ])
    return { kind: 'record', record: recordOf(spec, progress, { kind: 'completed' }) }
  } catch (error) {
    debug('trial %d stopped: %O', spec.id, error)
    return resultOf(error, spec, progress, application)
  } finally {
    over.abort()
    progress.driver?.close()
    probe?.dismiss()
    await application?.end()
    server?.close()
  }
}

async function measure(trial: {
  spec: TrialSpec
  server: ProbeServer
  application: Application
  caller: Caller
  progress: Progress
  signal: AbortSignal
}): Promise<void> {
  const { spec, application, caller, progress, signal } = trial
  const probe = await trial.server.connected
  const where = await untilReady(spec, application, probe, caller, signal)
  progress.loaded = await probe.loaded()
  const foreign = contamination(progress.loaded, spec.launch, nodeOptionsWithProbe(spec.launch))
  if (foreign !== null) throw new TrialFailed({ phase: 'ready', kind: 'contaminated', message: foreign })

  progress.readyMs = performance.now() - progress.launchedAtMs
  caller.ready(where?.url ?? null)
  progress.driver = driverFor(spec.workload, where, probe, caller, signal)
  await takeSeries({ spec, probe, driver: progress.driver, caller, progress, signal })
}

/** The first of several promises of which all but the first one only ever reject. */
async function first(ways: readonly [Promise<void>, Promise<never>, ...Promise<never>[]]): Promise<void> {
  const [, exit] = ways
  // Those that lose the race may still reject when the trial is torn down.
  for (const way of ways) way.catch(() => undefined)
  try {
    await Promise.race(ways)
  } catch (error) {
    if (!(error instanceof TrialEnded)) {
      await Promise.race([exit, new Promise(resolve => setTimeout(resolve, EXIT_LAG_MS))])
    }
    throw error
  }
}

async function abortion(signal: AbortSignal): Promise<never> {
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
  throw new TrialFailed({ phase: 'measure', kind: 'aborted', message: 'the run was aborted' })
}

function resultOf(
  error: unknown,
  spec: TrialSpec,
  progress: Progress,
  application: Application | undefined,
): TrialResult {
  if (error instanceof TrialEnded) return { kind: 'record', record: recordOf(spec, progress, error.outcome) }
  if (error instanceof ProbeError && error.code === 'ERR_PROBE_BUSY' && progress.readyMs > 0) {
    const message = `the main thread did not let a collection happen within ${String(spec.collectTimeoutMs)} ms`
    const record = recordOf(spec, progress, { kind: 'hung', limit: 'collectTimeoutMs', message })
    return { kind: 'record', record }
  }
  const output = application?.output.lastLines(12) ?? ''
  if (error instanceof TrialFailed) {
    return { kind: 'failure', failure: { ...error.failure, output: error.failure.output || output } }
  }
  const cause = error instanceof Error ? error : new Error(String(error))
  const { failure } = new TrialFailed({
    phase: progress.readyMs > 0 ? 'measure' : 'ready',
    kind: 'probe-lost',
    message: cause.message,
    output,
    cause,
  })
  return { kind: 'failure', failure }
}
