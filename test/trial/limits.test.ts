import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type { Caller } from '../../lib/trial/messages.js'
import { trialLimit, openWorkClock } from '../../lib/trial/limits.js'
import type * as LiveTrials from '../../lib/trial/live-trial.js'
import type * as Specs from '../../lib/trial/trial-spec.js'
import { TrialEnded } from '../../lib/trial/trial-stop.js'
import type { TrialResult } from '../../lib/trial/types.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { built } from '../support/run-trials.js'

const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
const { trialSpec } = await built<typeof Specs>('trial', 'trial-spec.js')
const { liveTrial } = await built<typeof LiveTrials>('trial', 'live-trial.js')

t.test('the limit of a trial goes by its own clock', async t => {
  const { signal } = new AbortController()
  const expired: string[] = []
  const expire = async (name: string, clock: ReturnType<typeof openWorkClock>): Promise<void> =>
    trialLimit({ trialTimeoutMs: 5 }, clock, signal).catch(() => void expired.push(name))
  const clock = openWorkClock()
  let takeTurn = (): void => undefined
  const isTurn = new Promise<void>(resolve => (takeTurn = resolve))
  const waiting = clock.standStillFor(isTurn)
  const limit = expire('waiting', clock)
  await expire('working', openWorkClock())
  await delay(50)
  t.same(expired, ['working'], 'it stands still for one that waits')
  takeTurn()
  await Promise.all([waiting, limit])
  t.same(expired, ['working', 'waiting'], 'and goes on')

  const refused = openWorkClock()
  await t.rejects(refused.standStillFor(Promise.reject(new Error('no turn'))), { message: 'no turn' })
  await t.rejects(trialLimit({ trialTimeoutMs: 5 }, refused, signal), TrialEnded)
})

/** Far longer than the trial takes by itself. */
const LIMIT_MS = 12_000

const measure = async (turn: Caller['turn'], perform: () => Promise<void>): Promise<TrialResult> => {
  const options = await resolveOptions({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [],
    workload: async () => Promise.resolve(),
    operations: 64,
    ...{ retentionMs: 0, trialTimeoutMs: LIMIT_MS },
    ...quickTiming,
  })
  const planned = { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 64 } as const
  const spec = trialSpec(planned, options, { PATH: process.env['PATH'] ?? '' }, { holdMs: 0, park: false })
  const unused = async (): Promise<never> => Promise.reject(new Error('expected no question'))
  const caller: Caller = {
    ...{ ready: () => undefined, answered: () => undefined, sample: () => undefined, idle: () => undefined },
    ...{ turn, workload: perform, isReady: unused, requests: unused, count: unused },
  }
  const folder = await mkdtemp(join(tmpdir(), 'limits-'))
  const place = { folder, runId: randomUUID(), certificates: unused }
  const trial = liveTrial(spec, place, caller, new AbortController().signal)
  try {
    return await trial.measure()
  } finally {
    await trial.end()
    await rm(folder, { recursive: true })
  }
}

t.test(
  'a trial that waits for its turn for longer than it may take is completed, its twin that works is not',
  async t => {
    const nothing = async (): Promise<void> => Promise.resolve()
    const long = async (): Promise<void> => delay(LIMIT_MS + 500)
    let turns = 0
    const [waited, worked] = await Promise.all([
      measure(async () => (++turns === 2 ? long() : nothing()), nothing),
      measure(nothing, long),
    ])
    t.match(waited, { record: { outcome: { kind: 'completed' } } })
    t.match(worked, { record: { outcome: { kind: 'hung', limit: 'trialTimeoutMs' } } })
    if (waited.kind !== 'record') return
    const [start, , , end] = waited.record.samples
    t.equal(start?.loadMs, 0)
    t.ok((end?.loadMs ?? Infinity) < LIMIT_MS, 'waiting is no load')
  },
)
