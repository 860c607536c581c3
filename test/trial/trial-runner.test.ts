import { getEventListeners, once } from 'node:events'
import type { IsolateLeakOptions } from 'isolate-leak'
import t from 'tap'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type { ResolvedOptions } from '../../lib/options/resolved.js'
import type * as Runner from '../../lib/trial/trial-runner.js'
import type { PlannedTrial, TrialRecord } from '../../lib/types/index.js'
import { projectPath } from '../support/project-path.js'
import { built } from '../support/run-trials.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)
const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
const { trialRunner } = await built<typeof Runner>('trial', 'trial-runner.js')

const planned = (id: number, ...agents: string[]): PlannedTrial => ({
  ...{ id, agents, backend: 'up', purpose: 'measure', operations: 64 },
})
const resolvedWith = async (more: Partial<IsolateLeakOptions>): Promise<ResolvedOptions> =>
  resolveOptions({
    entry: fixture('apps/plain-server.cjs'),
    agents: [],
    workload: async () => Promise.resolve(),
    operations: 64,
    concurrency: 1,
    retentionMs: 0,
    ...more,
  })
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

t.test("after a run nothing of it listens to the caller's signal", async t => {
  const { signal } = new AbortController()
  const options = await resolvedWith({ signal })
  const runner = trialRunner(options)
  t.teardown(async () => runner.close())
  await runner.run([planned(1)], async () => {
    t.equal(listeners(signal), 1, 'while it runs')
    await Promise.resolve()
  })
  t.equal(listeners(signal), 0, 'after a success')

  const crashing = await resolvedWith({ signal, entry: fixture('broken/entry-throws.cjs') })
  const failing = trialRunner(crashing)
  t.teardown(async () => failing.close())
  await t.rejects(
    failing.run([planned(1)], async () => Promise.resolve()),
    { code: 'ERR_ENTRY_CRASHED' },
  )
  t.equal(listeners(signal), 0, 'after a failure')
})

t.test('what nobody expects stops the trials beside it', async t => {
  const { signal } = new AbortController()
  const state = { isStopped: false, isRunning: (): void => undefined }
  const running = new Promise<void>(resolve => (state.isRunning = resolve))
  const resolved = await resolvedWith({
    signal,
    concurrency: 2,
    agents: [{ name: 'throws', require: fixture('broken/agent-throws.cjs') }],
    workload: async context => {
      state.isRunning()
      await once(context.signal, 'abort')
      state.isStopped = true
    },
  })
  let specs = 0
  const options = Object.defineProperty({ ...resolved, loadsAtATime: 2 }, 'listPackages', {
    get() {
      if (++specs === 3) throw new Error('nobody expects this')
      return false
    },
  })
  const runner = trialRunner(options, { recordFailures: true })
  t.teardown(async () => runner.close())
  // The second ends early, and the third throws while the first is under load.
  const three = [planned(1), planned(2, 'throws'), planned(3, 'throws')]
  await t.rejects(
    runner.run(three, async () => running),
    { message: 'nobody expects this' },
  )
  t.ok(state.isStopped)
  t.equal(listeners(signal), 0)
})

t.test('a longer trial and an idle check go on with the application of a shorter one', async t => {
  const perform = async (
    concurrency: number,
  ): Promise<readonly (TrialRecord & { readonly urls: readonly string[] })[]> => {
    const urls: string[] = []
    const options = await resolvedWith({
      concurrency,
      retentionMs: 1,
      workload: async ({ url }) => Promise.resolve(void urls.push(url)),
    })
    const runner = trialRunner(options)
    const records: (TrialRecord & { readonly urls: readonly string[] })[] = []
    try {
      for (const trial of [
        planned(1),
        { ...planned(2), operations: 128 },
        { ...planned(3), operations: 128, purpose: 'retention' as const },
      ])
        await runner.run([trial], async record => {
          await Promise.resolve(records.push({ ...record, urls: [...new Set(urls.splice(0))] }))
        })
    } finally {
      await runner.close()
    }
    return records
  }
  const [first, longer, check] = await perform(2)
  t.strictSame([first?.continues, longer?.continues, check?.continues], [undefined, 1, 2])
  t.strictSame([longer?.urls, check?.urls], [first?.urls, first?.urls], 'it is the same process')
  const points = (record: TrialRecord | undefined): unknown =>
    record?.samples.map(({ kind, operations }) => `${kind} ${String(operations)}`)
  t.strictSame(points(longer), ['grid 0', 'grid 16', 'grid 32', 'grid 64', 'grid 128'])
  t.strictSame(points(check), [...(points(longer) as string[]), 'retained 144'])
  t.strictSame(longer?.samples.slice(0, 4), first?.samples, 'with the samples that were taken')

  const alone = await perform(1)
  t.strictSame(
    alone.map(({ continues }) => continues),
    [undefined, undefined, undefined],
    'where only one may run at a time none stays alive',
  )
  t.strictSame(points(alone[1]), ['grid 0', 'grid 32', 'grid 64', 'grid 128'])
})
