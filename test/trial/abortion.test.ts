import { getEventListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Caller } from '../../lib/trial/messages.js'
import { trialLimit, openWorkClock } from '../../lib/trial/limits.js'
import { liveTrial, type TrialPlace } from '../../lib/trial/live-trial.js'
import { TrialEnded } from '../../lib/trial/trial-stop.js'
import type { TrialResult, TrialSpec } from '../../lib/trial/types.js'

// The path of a socket must be short.
const folder = await mkdtemp(join(tmpdir(), 'abortion-'))
t.teardown(async () => rm(folder, { recursive: true }))

/** A trial that is over at once: what it launches is no Node. */
const spec: TrialSpec = {
  ...{ id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 64 },
  launch: {
    ...{ command: [], nodePath: 'false', nodeArgs: [], file: '/app.js', args: [], cwd: process.cwd() },
    ...{ env: { PATH: process.env['PATH'] ?? '' }, stdin: '', collectors: [], sidecars: [] },
    ...{ preloads: [], port: null, isCommand: false, agentPaths: [], agentLibraries: [] },
  },
  ready: { kind: 'listening' },
  ...{ readyTimeoutMs: 60_000, trialTimeoutMs: 60_000, collectTimeoutMs: 60_000 },
  workload: { kind: 'idle' },
  grid: [0, 64],
  settle: { holdMs: null } as TrialSpec['settle'],
  ...{ retention: null, evidence: null, keep: [], listPackages: false, readSigns: false, park: false },
}
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

const run = async (aborted: AbortSignal, turn: Caller['turn']): Promise<TrialResult> => {
  const unused = async (): Promise<never> => Promise.reject(new Error('expected no question'))
  const caller: Caller = {
    ...{ ready: () => undefined, answered: () => undefined, sample: () => undefined, idle: () => undefined },
    ...{ turn, workload: unused, isReady: unused, requests: unused, count: unused },
  }
  const place: TrialPlace = { folder, runId: `abortion-test-${String(process.pid)}`, certificates: unused }
  const trial = liveTrial(spec, place, caller, aborted)
  const result = await trial.measure()
  await trial.end()
  return result
}

t.test('a trial that is over is not held by the signal of all trials', async t => {
  const everything = new AbortController()
  const { signal } = everything
  for (let round = 0; round < 3; round++) {
    const result = await run(signal, async () => Promise.resolve())
    t.match(result, { kind: 'failure', failure: { kind: 'crashed', exitCode: 1 } })
  }
  const refused = async (): Promise<never> => Promise.reject(new Error('no turn'))
  t.match(await run(signal, refused), { kind: 'failure' })
  t.equal(listeners(signal), 0)

  const waiting = run(signal, async () => new Promise(() => undefined))
  t.equal(listeners(signal), 1, 'one that waits for its turn listens')
  everything.abort()
  t.match(await waiting, { failure: { kind: 'aborted' } })
  t.equal(listeners(signal), 0)
  t.match(await run(signal, async () => new Promise(() => undefined)), {
    failure: { kind: 'aborted' },
  })
})

t.test('nor by a limit that has expired', async t => {
  const { signal } = new AbortController()
  const limits = [1, 2, 3].map(async trialTimeoutMs =>
    trialLimit({ trialTimeoutMs }, openWorkClock(), signal),
  )
  t.equal(listeners(signal), 3)
  for (const limit of limits) await t.rejects(limit, TrialEnded)
  t.equal(listeners(signal), 0)
})
