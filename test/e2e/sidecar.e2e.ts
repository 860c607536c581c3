import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { http, IsolateLeakError, isolateLeak, type IsolateLeakOptions, type Sidecar } from 'isolate-leak'
import t from 'tap'
import { TIMING } from '../../lib/options/timing.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runTrials } from '../support/run-trials.js'
import { spawnCaller } from '../support/spawn-caller.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', 'sidecar', name)
const file = join(t.testdir({}), 'port')

const forwarder = (
  mode: string,
  more: Partial<Sidecar> = {},
): NonNullable<IsolateLeakOptions['agents']>[number] => ({
  name: 'forwarder',
  env: { FORWARDER_FILE: file, FORWARDER_MODE: mode },
  sidecar: { command: 'node', args: [fixture('forwarder.cjs')], ready: /^forwarding$/, ...more },
})
const options = (mode: string, more: Partial<Sidecar> = {}): IsolateLeakOptions => ({
  entry: fixture('forwarding-server.cjs'),
  agents: [forwarder(mode, more)],
  workload: http(),
  operations: 512,
  threshold: 1024,
  retentionMs: 0,
  readyTimeoutMs: 20_000,
  seed: 1,
  evidence: 'none',
  [TIMING]: quickTiming[TIMING],
})

const watch = await watchLeftovers()
t.teardown(() => watch.close())

const leavesNothing = leavingNothing(watch)

const refusal = async (running: Promise<unknown>): Promise<IsolateLeakError> => {
  const reason: unknown = await running.then(
    report => new Error(String(report)),
    (error: unknown) => error,
  )
  if (reason instanceof IsolateLeakError) return reason
  throw reason as Error
}

leavesNothing(t, 'an application that leaks while its sidecar answers', async t => {
  const leaking = {
    ...options('stubborn'),
    entry: { file: fixture('forwarding-server.cjs'), env: { KEEPS: 'yes' } },
  }
  const report = await isolateLeak(leaking)
  t.strictSame(
    report.culprits.map(({ agents }) => agents),
    [['forwarder']],
    String(report),
  )
  t.match(
    report.conditions.exercised.join('\n'),
    'the sidecar of forwarder: its own memory is not in the figures',
  )
  t.equal(report.options.concurrency, 1, 'two of them could be in the way of each other')
  t.match(report.options.agents[0]?.sidecar, [/node$/, fixture('forwarder.cjs')])
})

leavesNothing(t, 'its twin that keeps nothing', async t => {
  const trial = (await runTrials(options(''))).get('forwarder')
  t.strictSame(trial?.outcome, { kind: 'completed' })
  const heaps = trial?.samples.map(({ values }) => values.heap ?? NaN) ?? []
  t.ok((heaps.at(-1) ?? NaN) - (heaps[0] ?? NaN) < 2_048 * 512, heaps.join())
})

leavesNothing(t, 'a sidecar that does not start', async t => {
  const error = await refusal(isolateLeak(options('crashes')))
  t.equal(error.code, 'ERR_SIDECAR_CRASHED')
  t.match(error.message, /sidecar of agent 'forwarder' \(node\) ended with exit status 7 before it was ready/)
  t.match(error.message, /no disk to spool to/)
})

leavesNothing(t, 'a sidecar that crashes under load', async t => {
  const error = await refusal(isolateLeak(options('crashes-later')))
  t.equal(error.code, 'ERR_SIDECAR_CRASHED')
  t.match(error.message, /exit status 1 while the application was running.*the spool is full/s)
})

leavesNothing(t, 'a sidecar that never gets ready', async t => {
  const error = await refusal(isolateLeak({ ...options('silent'), readyTimeoutMs: 6_000 }))
  t.equal(error.code, 'ERR_SIDECAR_NOT_READY')
  t.match(error.message, /no line of its output matched \/\^forwarding\$\/ within readyTimeoutMs \(6000 ms\)/)

  const port = await refusal(isolateLeak({ ...options('', { ready: { port: 1 } }), readyTimeoutMs: 6_000 }))
  t.equal(port.code, 'ERR_SIDECAR_NOT_READY')
  t.match(port.message, /nothing answered on 127\.0\.0\.1:1 within/)
})

leavesNothing(t, 'SIGKILL of the caller', async t => {
  const folder = process.env.TMPDIR ?? ''
  const caller = spawnCaller(fixture('call-and-wait.mjs'))
  const closed = once(caller, 'close')
  for await (const line of createInterface(caller.stdout)) if (line === 'forwarder') break
  t.match((await watch.leftovers()).processes.join('\n'), /forwarder\.cjs/, 'the sidecar runs')
  caller.kill('SIGKILL')
  await closed
  await rm(join(folder, 'port'), { force: true })
})
