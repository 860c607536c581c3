import { randomUUID } from 'node:crypto'
import { platform } from '../system/platform.js'
import { debugFor } from '../system/debug.js'
import { baselineAgents, contamination, mapsOf, unloadedLibraries } from './baseline-agents.js'
import type { Caller } from './messages.js'
import { driverFor, type FirstHeard } from './drive.js'
import { firstAnswers } from './first-answers.js'
import { firstToEnd } from './first-to-end.js'
import { launchWithProbe, nodeOptionsWithProbe, preloadsOf, type Application } from './launch-with-probe.js'
import { readyLimit, trialLimit, openWorkClock } from './limits.js'
import { openLooks, type Looks } from './looks.js'
import { privateFolder } from './private-folder.js'
import { probeServer, type ProbeClient, type ProbeServer } from './probe-client.js'
import { newProgress, repeatedErrors } from './progress.js'
import { recordOf } from './record-of.js'
import { drives, noteDriven, noteServersNow } from './driven-server.js'
import { untilReady } from './readiness.js'
import { openSeries, type Series } from './series.js'
import { readSigns } from './signs.js'
import { sidecars, type Sidecars } from './sidecars.js'
import {
  openTrialCollectors,
  type TrialCollectors,
  openReceipts,
  type CertificateFiles,
} from './trial-collectors.js'
import { TrialFailed, abortion, unlessAborted } from './trial-stop.js'
import { trialResult } from './trial-result.js'
import type { TrialResult, TrialSpec } from './types.js'

const debug = debugFor('trial')

/** Flushing bytecode is the one thing V8 does at a moment of its own that changes the reading and nothing else. */
const V8_FLAGS = ['--no-flush-bytecode']

/** Where the host runs trials. */
export interface TrialPlace {
  /** Private folder of the host, for sockets. */
  readonly folder: string
  /** Marks every process of the run. */
  readonly runId: string
  /** Shown by the collectors of all trials; made when it is first asked for. */
  certificates(): Promise<CertificateFiles>
}

/** One launched application, from its launch to its end. Neither method rejects: every failure is a result. */
export interface LiveTrial {
  /** Launches the application and takes its series. */
  measure(): Promise<TrialResult>
  /** Goes on after `measure`, as a trial of its own: with what its grid has beyond the operations performed, then its retention. */
  resume(spec: TrialSpec, continues: number, caller: Caller): Promise<TrialResult>
  /** Ends the application. Nothing of it is left when the promise settles. */
  end(): Promise<void>
}

/** Prepares the trial of one variant; nothing is launched before `measure`. */
export function liveTrial(
  spec: TrialSpec,
  place: TrialPlace,
  caller: Caller,
  aborted: AbortSignal,
): LiveTrial {
  const over = new AbortController()
  // A continuation speaks under a number of its own.
  let speaker = caller
  // So has its limit.
  let clock = openWorkClock()
  const audience: Caller = {
    ready: url => {
      speaker.ready(url)
    },
    answered: answers => {
      speaker.answered(answers)
    },
    sample: sample => {
      speaker.sample(sample)
    },
    turn: async () => clock.standStillFor(speaker.turn()),
    idle: () => {
      speaker.idle()
    },
    workload: async (question, signal) => speaker.workload(question, signal),
    isReady: async question => speaker.isReady(question),
    requests: async (index, operations) => speaker.requests(index, operations),
    count: async (output, signal) => speaker.count(output, signal),
  }
  // Not below the application's are those of what ends beside or after it, in good order.
  const marker = `${place.runId}.${String(spec.id)}`
  let progress = newProgress(spec)
  let server: ProbeServer | undefined
  let application: Application | undefined
  let collectors: TrialCollectors | undefined
  let beside: Sidecars | undefined
  let probe: ProbeClient | undefined
  let series: Series | undefined
  let looks: Looks | undefined

  const launch = async (): Promise<Application> => {
    collectors = await openTrialCollectors(spec.launch, spec.backend, async () => place.certificates())
    const markerOf = (index: number): string => `${marker}-sidecar-${String(index)}`
    beside = sidecars(collectors.launch.sidecars, markerOf, spec.readyTimeoutMs)
    await unlessAborted(beside.start(), aborted)
    progress = newProgress(spec)
    progress.collectors = collectors
    const token = randomUUID()
    const socket = platform.socketPath(place.folder)
    server = await probeServer(socket, token)
    void server.connected.then(client => (probe = client))
    const settings = {
      socket,
      token,
      keepAlive: spec.workload.kind === 'in-app',
      v8Flags: V8_FLAGS,
      ...preloadsOf(collectors.launch),
      ...(spec.evidence === null ? {} : { evidence: true as const }),
    }
    application = await launchWithProbe(collectors.launch, settings, marker)
    progress.errors = repeatedErrors(application.output)
    debug('trial %d: %o as pid %d', spec.id, spec.agents, application.pid)
    return application
  }

  const takeSeries = async (started: Application, signal: AbortSignal): Promise<void> => {
    const client = await (server as ProbeServer).connected
    const where = await untilReady(spec, started, client, audience, signal)
    progress.loaded = await client.loaded()
    const launched = collectors?.launch ?? spec.launch
    const foreign = contamination(progress.loaded, launched, nodeOptionsWithProbe(launched))
    if (foreign !== null) throw new TrialFailed({ phase: 'ready', kind: 'contaminated', message: foreign })
    const carried = spec.agents.length === 0 ? baselineAgents(progress.loaded, spec.launch, spec.keep) : null
    if (carried !== null) throw new TrialFailed({ phase: 'ready', kind: 'baseline-agent', message: carried })
    const unloaded = await unloadedLibraries(launched, async () => mapsOf(started.pid))
    if (unloaded !== null)
      throw new TrialFailed({ phase: 'ready', kind: 'agent-not-loaded', message: unloaded })

    if (where !== null && drives(spec)) await noteDriven(client, where, progress, launched)

    progress.readyMs = performance.now() - progress.launchedAtMs
    audience.ready(where?.url ?? null)
    if (spec.readSigns) progress.signs = await readSigns(client, null, { ...spec, launch: launched })
    const until = AbortSignal.any([aborted, over.signal])
    const heard = (first: FirstHeard): void => {
      const answers = firstAnswers(first, { ...spec, launch: launched }, progress)
      if (answers !== null) audience.answered(answers)
    }
    progress.driver = driverFor(spec.workload, {
      ...{ where, probe: client, caller: audience, heard, signal: until },
      marker: `${marker}-workload`,
    })
    if (spec.evidence !== null) {
      const folder = await privateFolder(place.folder, 'evidence-')
      looks = openLooks(spec.evidence, client, folder, spec.collectTimeoutMs)
    }
    const open = looks
    const look =
      open === undefined ? null : async (operations: number): Promise<void> => open.look(operations)
    const reported = openReceipts(spec.launch.collectors, () => collectors?.records() ?? [])
    const receipts = async (operations: number): Promise<void> => {
      await reported(operations)
      collectors?.endIdle()
    }
    series = openSeries({
      probe: client,
      driver: progress.driver,
      caller: audience,
      progress,
      receipts,
      look,
    })
    collectors?.beginLoad()
    await series.take(spec, signal)
    if (spec.readSigns)
      progress.signs = await readSigns(client, progress.signs, { ...spec, launch: launched })
    await noteServersNow(client, spec, progress)
    if (spec.listPackages) progress.packages = await client.packages()
  }

  const besideEnded = (): Promise<never>[] => (beside === undefined ? [] : [beside.ended])

  /** Waits for the first of `works`: the one that does the work, and those that only ever reject. */
  const guarded = async (
    numbered: TrialSpec,
    continues: number | null,
    works: (signal: AbortSignal) => readonly Promise<void>[],
  ): Promise<TrialResult> => {
    const stop = new AbortController()
    const signal = AbortSignal.any([aborted, over.signal, stop.signal])
    clock = openWorkClock()
    try {
      await firstToEnd(
        [...works(signal), ...besideEnded(), abortion(aborted, stop.signal)],
        application,
        progress,
      )
      const record = recordOf(numbered, progress, { kind: 'completed' }, continues)
      debug('trial %d completed in %d ms', numbered.id, record.timings.totalMs)
      return { kind: 'record', record }
    } catch (error) {
      debug('trial %d stopped: %O', numbered.id, error)
      return trialResult(error, numbered, progress, application, continues)
    } finally {
      stop.abort()
    }
  }

  /** However the trial ended, what was seen until then explains something. */
  const withLooks = (result: TrialResult): TrialResult =>
    result.kind === 'record' && looks !== undefined ? { ...result, captured: looks.captured() } : result

  return {
    async measure() {
      let started: Application
      try {
        await unlessAborted(audience.turn(), aborted)
        started = await launch()
      } catch (error) {
        return trialResult(error, spec, progress, application, null)
      }
      const result = await guarded(spec, null, signal => [
        takeSeries(started, signal),
        trialLimit(spec, clock, signal),
        readyLimit(spec, started, progress, () => probe !== undefined, signal),
      ])
      return withLooks(result)
    },
    async resume(next, continues, nextCaller) {
      speaker = nextCaller
      const open = series
      if (open === undefined) throw new Error('expected a measured trial to be resumed')
      return guarded(next, continues, signal => [open.take(next, signal), trialLimit(next, clock, signal)])
    },
    async end() {
      over.abort()
      const driver = progress.driver?.close()
      probe?.dismiss()
      await Promise.all([driver, application?.end()])
      await beside?.end()
      await collectors?.close()
      server?.close()
    },
  }
}
