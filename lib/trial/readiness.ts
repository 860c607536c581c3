import type { Application } from '../child/application.js'
import type { ListeningServer } from '../probe/protocol.cjs'
import { applicationServer, urlOf } from './application-server.js'
import type { Caller } from './caller.js'
import type { ProbeClient } from './probe-client.js'
import type { TrialSpec } from './types.js'

const POLL_MS = 50
/** A server that is only likely to be the application's is taken when no certain one appears in this time. */
const LIKELY_GRACE_MS = 500

/** Where the application is reached, when it is. */
export interface Reachable {
  readonly port: number
  readonly url: string
}

/** Resolves when the application is ready as `spec.ready` says; never by itself when it is not: the caller has the time-out. */
export async function untilReady(
  spec: TrialSpec,
  application: Application,
  probe: ProbeClient,
  caller: Caller,
  signal: AbortSignal,
): Promise<Reachable | null> {
  await until(async () => probe.started(), signal)
  if (spec.ready.kind === 'output') await untilOutput(spec.ready, application, signal)
  if (spec.ready.kind === 'function') await untilFunction(application, probe, caller, spec, signal)

  const needsServer = spec.ready.kind === 'listening' || spec.workload.kind === 'http'
  return needsServer ? untilListening(probe, spec, signal) : reachableNow(probe, spec)
}

async function untilListening(probe: ProbeClient, spec: TrialSpec, signal: AbortSignal): Promise<Reachable> {
  let likelySinceMs: number | null = null
  let found: ListeningServer | null = null
  await until(async () => {
    const candidate = applicationServer(await probe.servers(), spec.launch.agentPaths)
    if (candidate.kind === 'none') return false
    found = candidate.server
    likelySinceMs ??= performance.now()
    return candidate.kind === 'certain' || performance.now() - likelySinceMs >= LIKELY_GRACE_MS
  }, signal)
  return reachable(found as unknown as ListeningServer)
}

async function reachableNow(probe: ProbeClient, spec: TrialSpec): Promise<Reachable | null> {
  const candidate = applicationServer(await probe.servers(), spec.launch.agentPaths)
  return candidate.kind === 'none' ? null : reachable(candidate.server)
}

function reachable(server: ListeningServer): Reachable {
  return { port: server.port, url: urlOf(server) }
}

async function untilOutput(
  ready: { readonly source: string; readonly flags: string },
  application: Application,
  signal: AbortSignal,
): Promise<void> {
  // `g` and `y` make a RegExp remember where it was, which has no meaning line by line.
  const pattern = new RegExp(ready.source, ready.flags.replace(/[gy]/g, ''))
  let matched = false
  const stop = application.output.onLine(line => {
    matched ||= pattern.test(line)
  })
  try {
    await until(() => matched, signal)
  } finally {
    stop()
  }
}

async function untilFunction(
  application: Application,
  probe: ProbeClient,
  caller: Caller,
  spec: TrialSpec,
  signal: AbortSignal,
): Promise<void> {
  await until(
    async () => {
      const where = await reachableNow(probe, spec)
      return caller.isReady({
        pid: application.pid,
        port: where?.port ?? null,
        url: where?.url ?? null,
        output: application.output.text(),
      })
    },
    signal,
    2 * POLL_MS,
  )
}

async function until(
  condition: () => boolean | Promise<boolean>,
  signal: AbortSignal,
  pollMs = POLL_MS,
): Promise<void> {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, pollMs))
    signal.throwIfAborted()
  }
}
