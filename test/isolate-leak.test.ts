import { basename } from 'node:path'
import t from 'tap'
import { isolateLeak } from '../lib/isolate-leak.js'
import type { IsolateLeakOptions } from '../lib/options/types.js'
import type { TrialSpec } from '../lib/trial/types.js'
import type { IsolationReport, PlannedTrial, RunEvent } from '../lib/types/index.js'
import { grows, isOn, madeCall } from './support/simulated-call.js'
import { simulatedHosts, type Behave, type SimulatedHosts } from './support/simulated-host.js'

const names = ['apm', 'logs', 'otel', 'probe']
const { options } = madeCall(t, names)

/** A call, with what was launched and told. */
const call = async (
  behave: Behave,
  more: Partial<IsolateLeakOptions> = {},
): Promise<{ report: IsolationReport; hosts: SimulatedHosts; planned: PlannedTrial[] }> => {
  const hosts = simulatedHosts(behave)
  const planned: PlannedTrial[] = []
  const begun = new Set<number>()
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'plan') planned.push(...event.trials)
    if (event.type === 'trial-start' && begun.size === begun.add(event.trial.id).size)
      throw new Error(`two trials have number ${String(event.trial.id)}`)
  }
  const report = await isolateLeak({ ...options, ...hosts.option, onEvent, ...more })
  if (hosts.left.hosts + hosts.left.parked > 0) throw new Error('something is left open')
  return { report, hosts, planned }
}

/** The agents whose files the application is really launched with. */
const attached = ({ launch }: TrialSpec): string[] =>
  launch.nodeArgs.flatMap((arg, index) =>
    launch.nodeArgs[index - 1] === '--require' ? [basename(arg, '.cjs')] : [],
  )

/** How often what was launched, for example `apm+otel retention`. */
const launches = (specs: readonly TrialSpec[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const spec of specs) {
    const name = `${attached(spec).join('+') || 'alone'} ${spec.purpose}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

t.test('what is launched is what was planned, with the agents that were asked for', async t => {
  const agents = names.map(name => ({
    ...(options.agents?.find(agent => typeof agent === 'object' && agent.name === name) as object),
    ...{ name, env: { [`AGENT_${name}`]: 'on' }, nodeArgs: [`--title=${name}`] },
    requires: name === 'probe' ? ['otel'] : [],
  }))
  for (const [seed, more] of [
    {},
    { concurrency: 3 },
    { strategy: 'halving', concurrency: 2 },
    { backends: ['up', 'slow'] },
  ].entries()) {
    for (const leaking of ['otel', 'none']) {
      const behave: Behave = spec => grows(isOn(spec, leaking) ? 400 : 1, spec, { seed })
      const { report, hosts, planned } = await call(behave, { agents, seed, ...(more as object) })
      t.comment(`seed ${String(seed)}`, more)
      t.equal(report.verdict, leaking === 'none' ? 'clean' : 'leak')
      t.equal(hosts.launched.length + hosts.continued.length, planned.length)
      const [first] = hosts.launched
      t.strictSame(first && attached(first), [], 'the application alone is the first')
      for (const spec of hosts.launched) {
        const { id, agents: on, backend, purpose, operations } = spec
        t.strictSame(
          { id, agents: on, backend, purpose, operations },
          planned.find(one => one.id === id),
        )
        t.strictSame(attached(spec), on)
        t.strictSame(
          Object.keys(spec.launch.env).filter(name => name.startsWith('AGENT_')),
          on.map(name => `AGENT_${name}`),
        )
        t.strictSame(
          spec.launch.nodeArgs.filter(arg => arg.startsWith('--title')),
          on.map(name => `--title=${name}`),
        )
        t.ok(!on.includes('probe') || on.includes('otel'), 'with what it requires')
      }
      for (const { id, continues } of hosts.continued) {
        const wanted = planned.find(one => one.id === id)
        const before = planned.find(one => one.id === continues)
        t.match(wanted, { agents: before?.agents, backend: before?.backend })
        if (wanted?.purpose === 'measure')
          t.ok(wanted.operations > (before?.operations ?? Infinity), 'with more operations')
      }
      for (const record of report.trials)
        t.strictSame(record.agents, planned.find(({ id }) => id === record.id)?.agents)
    }
  }
})

t.test('every arm has its trials, and only what grows is looked at further', async t => {
  const each = Object.fromEntries(names.map(name => [`${name} measure`, 2]))
  const first = { 'alone measure': 2, ...each, [`${names.join('+')} measure`]: 2 }
  const clean = await call(spec => grows(1, spec))
  t.strictSame(launches(clean.hosts.launched), first)
  for (const leaking of names) {
    const { report, hosts } = await call(spec => grows(isOn(spec, leaking) ? 400 : 1, spec), {
      evidence: 'summary',
    })
    t.match(report.culprits, [{ kind: 'agent', agents: [leaking] }])
    t.equal(report.culprits.length, 1)
    t.strictSame(launches(hosts.launched), {
      ...first,
      [`${leaking} retention`]: 1,
      [`${leaking} evidence`]: 1,
      'alone evidence': 1,
    })
  }
  const alone = await call(spec => grows(400, spec), { evidence: 'summary' })
  t.match(alone.report, { verdict: 'leak', culprits: [{ kind: 'application', agents: [] }] })
  t.strictSame(launches(alone.hosts.launched), { ...first, 'alone retention': 1, 'alone evidence': 1 })
})

t.test('longer trials go on with applications that stay alive, as far as they may', async t => {
  const near: Behave = spec => grows(isOn(spec, 'logs') ? 80 : 1, spec)
  const goneOn = ({ trials }: IsolationReport): number =>
    trials.filter(({ purpose, continues }) => purpose === 'measure' && continues !== undefined).length
  const some = await call(near, { concurrency: 2 })
  const none = await call(near, { concurrency: 2, keepAliveBytes: 0 })
  t.ok(goneOn(some.report) > 0)
  t.equal(goneOn(none.report), 0)
  t.ok(none.hosts.launched.every(({ park }) => !park))
  t.strictSame(
    none.report.components.map(({ verdict }) => verdict),
    some.report.components.map(({ verdict }) => verdict),
  )
})

t.test('a pair that leaks only together, and its twins', async t => {
  const pair = (spec: TrialSpec): boolean => isOn(spec, 'logs') && isOn(spec, 'probe')
  for (const strategy of ['each', 'halving'] as const) {
    for (let seed = 1; seed <= 4; seed++) {
      const found = await call(spec => grows(pair(spec) ? 400 : 1, spec, { seed }), { strategy, seed })
      t.match(
        found.report.culprits,
        [{ kind: 'interaction', agents: ['logs', 'probe'] }],
        `${strategy}, seed ${String(seed)}`,
      )
      t.equal(found.report.culprits.length, 1)
      const harmless = await call(spec => grows(pair(spec) ? 20 : 1, spec, { seed }), { strategy, seed })
      t.match(harmless.report, { verdict: 'clean', culprits: [] })
      const crash: Behave = spec =>
        pair(spec) ? { kind: 'crashed', message: 'address in use' } : grows(1, spec, { seed })
      const crashed = await call(crash, { strategy, seed })
      t.not(crashed.report.verdict, 'leak', 'what cannot run together is no leak')
      t.match(crashed.report.conditions.notExercised.join(), /all agents together: no trial with all/)
      t.notMatch(String(crashed.report), /trials with all 4 agents/)
    }
  }
  // Each adds less than the threshold, all together more: that is their sum and nothing that they do together.
  const sum: Behave = spec => grows(names.filter(name => isOn(spec, name)).length * 20, spec)
  t.match((await call(sum)).report.culprits, [])
})

t.test('growth that idle time releases is no leak', async t => {
  const holds: Behave = spec => ({
    ...grows(isOn(spec, 'apm') ? 400 : 1, spec),
    ...(isOn(spec, 'apm') ? { retained: { heap: 5_002_000 } } : {}),
  })
  for (const concurrency of [1, 3]) {
    const { report, hosts } = await call(holds, { concurrency })
    t.match(report, { verdict: 'clean', culprits: [] })
    t.equal(hosts.continued.length > 0, concurrency > 1, 'the applications that wait are gone on with')
  }
})

t.test('a run that does not happen as planned is an error, and leaves nothing', async t => {
  const fails = async (
    behave: Behave,
    code: string,
    more: Partial<IsolateLeakOptions> = {},
  ): Promise<void> => {
    const hosts = simulatedHosts(behave)
    await t.rejects(isolateLeak({ ...options, ...hosts.option, ...more }), { code })
    t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  }
  for (const concurrency of [1, 3]) {
    await fails(() => ({ kind: 'crashed' }), 'ERR_ENTRY_CRASHED', { concurrency })
    await fails(spec => (isOn(spec, 'otel') ? { kind: 'crashed' } : grows(1, spec)), 'ERR_AGENT_CRASHED', {
      concurrency,
    })
    const controller = new AbortController()
    const abort: Behave = spec => {
      if (spec.id === 4) controller.abort()
      return grows(1, spec)
    }
    await fails(abort, 'ERR_ABORTED', { concurrency, signal: controller.signal })
  }
})

t.test('trials that end early, or that were not read as a whole, settle nothing by themselves', async t => {
  for (const outcome of [
    { kind: 'crashed', exitCode: 1, signal: null, message: 'it ended' },
    { kind: 'hung', limit: 'trialTimeoutMs', message: 'it blocked' },
  ] as const) {
    const { report } = await call(spec => ({ ...grows(1, spec), outcome, reached: 500 }))
    t.match(report, { verdict: 'inconclusive', culprits: [] }, outcome.kind)
    t.match(String(report), outcome.kind)
  }
  const memory: Behave = spec =>
    isOn(spec, 'apm')
      ? { ...grows(40_000, spec), outcome: { kind: 'out-of-memory', message: 'heap limit' }, reached: 500 }
      : grows(1, spec)
  t.match((await call(memory)).report.culprits, [{ kind: 'agent', agents: ['apm'] }])

  for (const code of ['WORKER_THREADS_UNMEASURED', 'CHILD_PROCESSES_UNMEASURED'] as const) {
    const warnings = [{ code, message: 'a part was not read', downgrades: true }]
    const unread: Behave = spec => ({ ...grows(1, spec), ...(isOn(spec, 'apm') ? { warnings } : {}) })
    const { report } = await call(unread)
    t.equal(report.verdict, 'inconclusive')
    t.match(
      report.components.find(({ name }) => name === 'apm'),
      { verdict: 'inconclusive' },
    )
    t.match(
      report.components.find(({ name }) => name === 'logs'),
      { verdict: 'clean' },
    )
    t.match(
      report.warnings.find(warning => warning.code === code),
      { agents: ['apm'] },
    )
  }
})
