import { resolve } from 'node:path'
import type { Application } from './launch-with-probe.js'
import { applicationServer, urlOf, type Candidate, type FoundServer } from './application-server.js'
import type { Caller } from './messages.js'
import type { ProbeClient } from './probe-client.js'
import type { TrialSpec } from './types.js'

const POLL_MS = 50
/** A server that is only likely to be the application's is taken when no certain one appears in this time. */
const LIKELY_GRACE_MS = 500
/** A certain one is taken when no other appears in this time: a stand-in of another service is opened first. */
const CERTAIN_GRACE_MS = 100

/** Where the application is reached, when it is. */
export interface Reachable {
  readonly port: number
  readonly url: string
  readonly server: FoundServer
  /** Servers that the application opened besides. */
  readonly others: readonly FoundServer[]
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

  const { workload } = spec
  const isTold = workload.kind === 'command' && workload.plan.target !== null
  const needsServer = spec.ready.kind === 'listening' || workload.kind === 'http' || isTold
  return needsServer ? untilListening(probe, spec, signal) : reachableNow(probe, spec)
}

async function untilListening(probe: ProbeClient, spec: TrialSpec, signal: AbortSignal): Promise<Reachable> {
  let found: Reachable | null = null
  let foundAtMs = 0
  await until(async () => {
    const candidate = await candidateNow(probe, spec)
    const now = reachable(candidate)
    if (now?.port !== found?.port) foundAtMs = performance.now()
    found = now
    const graceMs = { named: 0, certain: CERTAIN_GRACE_MS, likely: LIKELY_GRACE_MS, none: Infinity }
    return performance.now() - foundAtMs >= graceMs[candidate.kind]
  }, signal)
  return found as unknown as Reachable
}

/** Where the application is reached by now; `null`: nowhere. */
export async function reachableNow(probe: ProbeClient, spec: TrialSpec): Promise<Reachable | null> {
  return reachable(await candidateNow(probe, spec))
}

async function candidateNow(probe: ProbeClient, { launch, workload }: TrialSpec): Promise<Candidate> {
  const given = Number(launch.env['PORT'] ?? '')
  const socketPath = workload.kind === 'http' ? workload.options.socketPath : null
  return applicationServer(await probe.servers(), {
    agentPaths: launch.agentPaths,
    port: launch.port ?? (Number.isInteger(given) && given > 0 ? given : null),
    socketPath: socketPath === null ? null : resolve(launch.cwd, socketPath),
    cwd: launch.cwd,
    onlyPort: launch.port !== null,
    http: workload.kind === 'http' || (workload.kind === 'command' && workload.plan.target === 'url'),
  })
}

function reachable(candidate: Candidate): Reachable | null {
  if (candidate.kind === 'none') return null
  const { server, others } = candidate
  return { port: server.port, url: urlOf(server), server, others }
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
