import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { resolveOptions } from '../../../lib/run/resolve/resolve-options.js'
import type { AgentOptions, IsolateLeakOptions } from '../../../lib/options/types.js'
import { createReport } from '../../../lib/report/create-report.js'
import { replayText } from '../../../lib/compare/replay/replay-text.js'
import { rebuildOptions } from '../../../lib/compare/replay/rebuild-options.js'
import { replay, replayWith } from '../../../lib/compare/replay/replay.js'
import type { ReplayOptions, ReplayReport } from '../../../lib/compare/replay/types.js'
import type { Component, Culprit, ReportData, ReportedAgent } from '../../../lib/types/index.js'
import { command } from '../../../lib/trial/workload/command.js'
import { http } from '../../../lib/trial/workload/http.js'
import { idle } from '../../../lib/trial/workload/idle.js'
import { inApp } from '../../../lib/trial/workload/in-app.js'
import { reportOf } from '../../report/support/report-of.js'
import {
  agent as component,
  bytes,
  cleanReport,
  flat,
  inconclusiveReport,
  leakReport,
} from '../../report/support/sample-reports.js'

const apm = (version: string): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'apm', version, main: 'index.js' }),
  'index.js': '',
})
const folder = t.testdir({
  'server.cjs': '',
  'agent.cjs': '',
  'uses-apm.cjs': '',
  'operation.mjs': '',
  node_modules: { apm: apm('2.0.0') },
})
const before = process.cwd()
process.chdir(folder)
t.teardown(() => {
  process.chdir(before)
})

const [culprit] = leakReport.culprits as readonly [Culprit, ...Culprit[]]
const own = leakReport.components.find(({ kind }) => kind === 'application') as Component

/** The report of a run with these options in which the named agents leak. */
const reportFor = async (
  options: Partial<IsolateLeakOptions>,
  leaks: readonly string[] = [],
  change: Partial<ReportData> = {},
): Promise<ReportData> => {
  const resolved = await resolveOptions({
    ...{ entry: './server.cjs', agents: [], workload: http({ path: '/a', connections: 3 }), seed: 7 },
    ...options,
  })
  const names = resolved.agents.map(({ name }) => name)
  const data = reportOf({
    options: resolved,
    decision: {
      verdict: leaks.length > 0 ? 'leak' : 'clean',
      culprits: leaks.map(name => ({ ...culprit, agents: [name], alsoGrows: [] })),
      components: [
        own,
        ...names.map(name =>
          leaks.includes(name) ? component(name, culprit.growth, 'leak') : component(name, bytes(1, -2, 4)),
        ),
      ],
      ...{ warnings: [], sets: { exercised: [], notExercised: [] } },
    },
    trials: leakReport.trials.filter(({ agents }) => agents.length === 0),
    environment: leakReport.environment,
    ...{ startedAt: leakReport.timings.startedAt, totalMs: 1000 },
  })
  return { ...data, ...change }
}

/** Replays with a run that answers with `now`, and gives the options of the run as well. */
const replayed = async (
  was: ReportData,
  now: ReportData | ((options: IsolateLeakOptions) => ReportData | Promise<ReportData>),
  options: ReplayOptions = {},
): Promise<ReplayReport & { readonly ran: IsolateLeakOptions }> => {
  let ran: IsolateLeakOptions | undefined
  const report = await replayWith(
    async given => {
      ran = given
      return createReport(typeof now === 'function' ? await now(given) : now)
    },
    was,
    options,
  )
  if (ran === undefined) throw new Error('expected a run')
  return Object.assign(Object.create(report) as ReplayReport, { ran })
}

const full: Partial<IsolateLeakOptions> = {
  entry: {
    file: './server.cjs',
    args: ['--port', '0'],
    nodeArgs: ['--max-old-space-size=300'],
    env: { REPLAY_LEVEL: 'warn', REPLAY_OFF: undefined },
    ready: /listening/i,
    nodePath: process.execPath,
  },
  agents: [
    'apm',
    './agent.cjs',
    {
      ...{ name: 'log', require: ['./uses-apm.cjs'], nodeArgs: ['--no-deprecation'], requires: ['apm'] },
      env: { REPLAY_PORT: '{collector.port}', REPLAY_KEY: 'abc123', REPLAY_GONE: undefined },
      sidecar: { command: [process.execPath, '-v'], env: { REPLAY_SIDE: 'x' }, ready: /up/ },
    },
    { name: 'flag', env: { REPLAY_FLAG: '1' } },
  ],
  workload: http({ requests: [{ path: '/a', method: 'POST', body: 'x' }, { path: '/b' }], connections: 3 }),
  ...{ effort: 'quick', operations: 640, threshold: 99, errorRate: 0.1, backends: ['up', 'slow'] },
  ...{ retentionMs: 700, trialTimeoutMs: 70_000, readyTimeoutMs: 8_000, concurrency: 2, strategy: 'halving' },
  ...{ evidence: 'none', keep: ['other'] },
}
const values = { REPLAY_LEVEL: 'warn', REPLAY_FLAG: '1', REPLAY_KEY: 'abc123', REPLAY_SIDE: 'x' }

t.test('the same options come back, values of variables from the environment', async t => {
  const was = await reportFor(full)
  const rebuilt = rebuildOptions(JSON.parse(JSON.stringify(was)) as ReportData, {}, values)
  t.strictSame(rebuilt.variables, ['REPLAY_FLAG', 'REPLAY_KEY', 'REPLAY_LEVEL', 'REPLAY_SIDE'])
  const again = await reportFor(rebuilt.options)
  const { rerun, ...options } = again.options
  const { rerun: rerunThen, ...optionsThen } = was.options
  t.strictSame(options, optionsThen)
  t.strictSame({ ...rerun, agents: [] }, { ...rerunThen, agents: [] })
  const resolved = await resolveOptions(rebuilt.options)
  t.match(resolved.entry, {
    env: { REPLAY_LEVEL: 'warn', REPLAY_OFF: undefined },
    ready: { kind: 'output', pattern: /listening/i },
  })
  t.ok('REPLAY_OFF' in resolved.entry.env, 'what was unset is unset')
  t.match(resolved.agents[2], {
    name: 'log',
    env: { REPLAY_PORT: '{collector.port}', REPLAY_KEY: 'abc123', REPLAY_GONE: undefined },
    sidecar: { ready: { kind: 'output', source: 'up' } },
  })
})

t.test('other workloads and ways to be ready', async t => {
  const idling = await reportFor({ workload: idle({ description: 'a quiet night' }), operations: 16 })
  t.match(rebuildOptions(idling, {}, {}).options, {
    workload: { kind: 'idle', description: 'a quiet night' },
  })
  const inside = await reportFor({
    workload: inApp('./operation.mjs'),
    entry: { file: './server.cjs', ready: 'listening' },
  })
  t.match(rebuildOptions(inside, {}, {}).options, {
    workload: { kind: 'in-app', module: `${folder}/operation.mjs` },
    entry: { ready: 'listening' },
  })
})

t.test('a command comes back as it was given, or is said to be missing', async t => {
  const args = ['sh', '-c', 'true', '{operations}']
  const options = {
    env: { A: '{url}', B: undefined },
    count: /(\d+) ok/i,
    timeoutMs: 9,
    description: 'a gun',
  }
  const workload = command(args, options)
  const was = await reportFor({ workload })
  t.strictSame(
    rebuildOptions(JSON.parse(JSON.stringify(was)) as ReportData, {}, {}).options.workload,
    workload,
  )
  const counted = await reportFor({ workload: command(args, { count: () => 1 }) })
  t.throws(() => rebuildOptions(counted, {}, {}), {
    code: 'ERR_REPLAY',
    message:
      /the workload \(sh -c true \{operations\}\), which holds functions, secrets or recorded requests/,
  })
})

t.test('everything that is missing is said at once', async t => {
  const was = await reportFor({
    entry: {
      ...{ file: './server.cjs', args: ['--token', 'abcdefgh'], ready: () => true, stdin: 'text' },
      env: { REPLAY_LEVEL: 'warn' },
    },
    agents: [{ name: 'a', require: './agent.cjs', env: { REPLAY_LEVEL: 'x', REPLAY_KEY: 'y' } }],
    workload: async () => undefined,
  })
  const told = (): unknown => rebuildOptions(was, {}, { REPLAY_KEY: 'y' })
  for (const message of [
    /arguments of the application, in which a secret was masked/,
    /entry\.ready, which was a function/,
    /entry\.stdin/,
    /the workload \(the workload function workload\), which holds functions, secrets or recorded requests/,
    /REPLAY_LEVEL \(agent a and application\)/,
    /--config/,
  ]) {
    t.throws(told, { code: 'ERR_REPLAY', message })
  }
  t.throws(told, { message: /^(?!.*REPLAY_KEY)/s }, 'what is set is not missing')
  const entry = './server.cjs'
  const agents = [{ name: 'a', require: './agent.cjs', env: { REPLAY_LEVEL: 'x', REPLAY_KEY: 'y' } }]
  const { options } = rebuildOptions(was, { entry, agents, workload: http() }, {})
  t.match(options, { entry, agents, workload: { kind: 'http' } }, 'a config gives what a report does not')

  const older = Object.fromEntries(
    Object.entries(was.options).filter(([name]) => name !== 'rerun'),
  ) as unknown as ReportData['options']
  t.throws(() => rebuildOptions({ ...was, options: older }, {}, {}), {
    code: 'ERR_REPLAY',
    message: /how agent a was attached, which reports of earlier versions do not tell/,
  })
  t.match(rebuildOptions({ ...was, options: older }, { entry, agents, workload: http() }, {}).options, {
    agents,
  })
})

t.test('the settings are those of the report unless others are given', async t => {
  const was = await reportFor({ effort: 'quick', operations: 640, threshold: 99, retentionMs: 700 })
  const same = rebuildOptions(was, {}, {}).options
  t.match(same, { effort: 'quick', operations: 640, threshold: 99, retentionMs: 700, seed: 7 })
  t.match(rebuildOptions(was, { operations: 800, seed: 8 }, {}).options, {
    operations: 800,
    threshold: 99,
    seed: 8,
  })
  const longer = rebuildOptions(was, { effort: 'standard' }, {}).options
  t.match(longer, { effort: 'standard', seed: 7 })
  t.notOk('operations' in longer || 'threshold' in longer || 'retentionMs' in longer, 'those of the effort')
  const snapshots = {
    ...was,
    options: { ...was.options, rerun: { ...was.options.rerun!, evidence: 'snapshots' } },
  }
  t.equal(rebuildOptions(snapshots as ReportData, {}, {}).options.evidence, 'summary', 'there is no folder')
  t.equal(rebuildOptions(snapshots as ReportData, { outDir: folder }, {}).options.evidence, 'snapshots')
})

/** As if the library had installed it. */
const installed = (report: ReportData, given: string, version: string): ReportData => {
  const [agent, ...others] = report.options.agents as readonly [ReportedAgent, ...ReportedAgent[]]
  const name = given
  return {
    ...report,
    culprits: report.culprits.map(one => ({ ...one, agents: [name] })),
    components: report.components.map(one => (one.name === agent.name ? { ...one, name } : one)),
    options: {
      ...report.options,
      agents: [
        {
          ...agent,
          name,
          version,
          packages: [
            { name: 'apm', version },
            { name: 'wrap', version: `${version}1` },
          ],
        },
        ...others,
      ],
      rerun: { ...report.options.rerun!, agents: [{ name, text: given }] },
    },
  }
}

t.test('versions: those of the report, or others', async t => {
  const was = await reportFor({ agents: ['apm'] }, ['apm'])
  const agents = (report: ReportData, options: ReplayOptions = {}): readonly (string | AgentOptions)[] =>
    rebuildOptions(report, options, {}).options.agents ?? []
  t.strictSame(agents(was), ['apm'], 'of the application: what is there')
  t.strictSame(agents(was, { versions: ['apm@3.0.0'] }), [{ name: 'apm', package: 'apm@3.0.0' }])

  const ranged = installed(was, 'apm@^2', '2.4.1')
  t.strictSame(agents(ranged), [{ name: 'apm@^2', package: 'apm@2.4.1' }], 'the one that was installed')
  const renamed = rebuildOptions(ranged, { versions: ['apm@3.0.0'] }, {})
  t.strictSame(renamed.options.agents, [{ name: 'apm@3.0.0', package: 'apm@3.0.0' }])
  t.strictSame([...renamed.names], [['apm@^2', 'apm@3.0.0']])
  t.strictSame(
    agents(ranged, { agents: [{ name: 'apm', package: 'apm@latest', env: { A: '1' } }] }),
    [{ name: 'apm@^2', package: 'apm@2.4.1', env: { A: '1' } }],
    'attached as the config says',
  )

  const object = await reportFor({ agents: [{ name: 'x', require: './node_modules/apm/index.js' }, 'apm'] }, [
    'x',
  ])
  t.strictSame(
    agents(object, { versions: ['apm@3.0.0'] }),
    [{ name: 'x', package: 'apm@3.0.0' }, 'apm'],
    'of several the culprit, and no more the file of the old one',
  )
  const names = await reportFor({
    agents: ['apm', { name: 'b', require: './agent.cjs', requires: ['apm'] }],
  })
  const both = installed(names, 'apm@2.0.0', '2.0.0')
  const withRequires = {
    ...both,
    options: {
      ...both.options,
      agents: [both.options.agents[0]!, { ...both.options.agents[1]!, requires: ['apm@2.0.0'] }],
      rerun: { ...both.options.rerun!, agents: [...both.options.rerun!.agents, { name: 'b' }] },
    },
  }
  t.match(agents(withRequires, { versions: ['apm@3.0.0'] }), [
    { name: 'apm@3.0.0' },
    { name: 'b', requires: ['apm@3.0.0'] },
  ])

  const rejected = (
    report: ReportData,
    versions: string[],
    message: RegExp,
    code = 'ERR_OPTION_INVALID',
  ): void => {
    t.throws(() => rebuildOptions(report, { versions }, {}), { code, message })
  }
  rejected(was, ['apm'], /packages in a version/)
  rejected(was, ['./folder'], /packages in a version/)
  rejected(was, ['other@1.0.0'], /has no agent of the package other: it has apm/)
  const two = await reportFor({ agents: [{ name: 'x', require: 'apm' }, 'apm'] })
  rejected(two, ['apm@3.0.0'], /several agents of the package apm: x, apm/)
  const file = await reportFor({ agents: [{ name: 'apm', require: './uses-apm.cjs' }] })
  rejected(
    file,
    ['apm@3.0.0'],
    /attached by the file .*uses-apm\.cjs, which finds apm from where it is/,
    'ERR_REPLAY',
  )
})

t.test('it still happens, or no longer', async t => {
  const was = installed(await reportFor({ agents: ['apm'] }, ['apm']), 'apm@2.4.1', '2.4.1')
  const same = await replayed(was, was)
  t.match(same, { verdict: 'still-happens', newCulprits: [], differences: [] })
  t.strictSame(same.culprits, [
    {
      ...{
        kind: 'agent',
        agents: ['apm@2.4.1'],
        agentsNow: ['apm@2.4.1'],
        verdict: 'still-happens',
        metric: 'heap',
      },
      ...{ was: culprit.growth, now: culprit.growth },
    },
  ])
  t.match(String(same), /^STILL HAPPENS: apm@2\.4\.1 added 8\.2 kB of heap per operation/)
  t.match(String(same), 'nothing that a report tells')

  const fixed = installed(await reportFor({ agents: ['apm'] }), 'apm@3.0.0', '3.0.0')
  const gone = await replayed(was, fixed, { versions: ['apm@3.0.0'] })
  t.match(gone, {
    verdict: 'no-longer-happens',
    culprits: [{ agentsNow: ['apm@3.0.0'], now: { estimate: 1, high: 4 } }],
    differences: [
      { what: 'version of apm', was: '2.4.1', now: '3.0.0' },
      { what: 'packages of apm', was: 'wrap 2.4.11', now: 'wrap 3.0.01' },
    ],
  })
  t.match(
    flat(String(gone)),
    'NO LONGER HAPPENS: apm@2.4.1 added 8.2 kB of heap per operation (7.9 to 8.5 kB) then; apm@3.0.0 is clean now, with 1 B of heap per operation (-2 to 4 B).',
  )
  t.match(flat(String(gone)), 'version of apm: 2.4.1 then, 3.0.0 now')

  const open = await replayed(was, {
    ...was,
    verdict: 'inconclusive',
    culprits: [],
    components: was.components.map(one => (one.kind === 'agent' ? { ...one, verdict: 'inconclusive' } : one)),
  })
  t.equal(open.verdict, 'inconclusive')
  t.match(flat(String(open)), 'whether it still does was not settled')

  const other = await replayed(
    was,
    {
      ...fixed,
      culprits: [{ ...culprit, kind: 'application', agents: [], alsoGrows: [] }],
    },
    { versions: ['apm@3.0.0'] },
  )
  t.match(other, { verdict: 'new-leak', newCulprits: [{ kind: 'application' }] })
  t.match(flat(String(other)), 'The application itself grows by 8.2 kB of heap per operation')
})

t.test('nothing leaked then', async t => {
  const clean = await reportFor({ agents: ['apm'] })
  t.equal((await replayed(clean, clean)).verdict, 'still-clean')
  const leaks = await reportFor({ agents: ['apm'] }, ['apm'])
  t.equal((await replayed(clean, leaks)).verdict, 'new-leak')
  t.equal((await replayed(clean, { ...clean, verdict: 'inconclusive' })).verdict, 'inconclusive')
  const open: ReportData = { ...clean, verdict: 'inconclusive' }
  t.equal((await replayed(open, clean)).verdict, 'clean')
  t.match(String(await replayed(open, clean)), /^CLEAN: It was not settled then; now nothing leaks\.\n/)
})

t.test('sets, the application, other metrics and conditions', async t => {
  const agents = ['apm', './agent.cjs']
  const clean = await reportFor({ agents })
  const set: Culprit = { ...culprit, kind: 'interaction', agents, alsoGrows: [] }
  const together: ReportData = { ...clean, verdict: 'leak', culprits: [set] }
  t.match(await replayed(together, together), { verdict: 'still-happens' })
  t.match(await replayed(together, clean), { verdict: 'no-longer-happens', culprits: [{ now: null }] })
  t.match(await replayed(together, { ...clean, verdict: 'inconclusive' }), { verdict: 'inconclusive' })
  const alone: ReportData = {
    ...clean,
    verdict: 'leak',
    culprits: [{ ...culprit, agents: ['apm'], metric: 'fds', alsoGrows: [] }],
  }
  const since = await replayed(together, alone)
  t.match(since, { verdict: 'still-happens', newCulprits: [] }, 'one of them leaks by itself now')
  t.match(flat(String(since)), 'apm adds')
  t.match(await replayed(alone, together), { verdict: 'new-leak' }, 'the set was not what leaked')

  const application: ReportData = {
    ...clean,
    verdict: 'leak',
    culprits: [{ ...culprit, kind: 'application', agents: [] }],
  }
  t.match(await replayed(application, clean), {
    verdict: 'no-longer-happens',
    culprits: [{ kind: 'application', now: own.growth }],
  })
  const backends = (['up', 'slow'] as const).map(backend => ({
    ...{ backend, verdict: 'clean', growth: bytes(backend === 'slow' ? 5 : 2, 0, 9), metrics: [] },
    ...{ startBytes: null, reason: '', trials: 3 },
  })) as Component['backends'] & object
  const slow: ReportData = {
    ...clean,
    verdict: 'leak',
    culprits: [{ ...culprit, agents: ['apm'], backend: 'slow' }],
  }
  const now = {
    ...clean,
    components: clean.components.map(one => (one.name === 'apm' ? { ...one, backends } : one)),
  }
  t.match(await replayed(slow, now), { culprits: [{ now: { estimate: 5 } }] }, 'under the same condition')
})

t.test('what differs', async t => {
  const was = await reportFor({ agents: ['apm'] })
  const found = await replayed(was, async given => {
    writeFileSync(`${folder}/node_modules/apm/package.json`, apm('2.1.0')['package.json']!)
    const now = await reportFor({
      ...given,
      operations: 64_000,
      workload: http({ path: '/a', connections: 4 }),
    })
    const trials = now.trials.map(one => ({
      ...one,
      loadedAgents: [{ name: '@x/api', version: '2.0.0', path: '' }],
    }))
    return { ...now, trials, environment: { ...now.environment, node: '22.1.0', cpus: 64 } }
  })
  const older = {
    ...was,
    trials: was.trials.map(one => ({
      ...one,
      loadedAgents: [{ name: '@x/api', version: '1.0.0', path: '' }],
    })),
  }
  t.match(found.differences, [
    { what: 'version of apm', was: '2.0.0', now: '2.1.0' },
    { what: 'Node', was: '20.20.2', now: '22.1.0' },
    { what: 'CPUs', was: '2', now: '64' },
    { what: 'operations a trial', was: '20,480', now: '64,000' },
    { what: 'workload', was: 'GET /a, 3 connections', now: 'GET /a, 4 connections' },
  ])
  const loaded = await replayed(older, { ...was, trials: found.report.trials })
  t.match(loaded.differences, [{ what: 'version of @x/api', was: '1.0.0', now: '2.0.0' }])
  writeFileSync(`${folder}/node_modules/apm/package.json`, apm('2.0.0')['package.json']!)
})

t.test('a report by path, by URL, or as it is', async t => {
  const was = await reportFor({ agents: ['apm'] })
  const path = `${folder}/report.json`
  writeFileSync(path, JSON.stringify(was))
  const run = async (): Promise<ReturnType<typeof createReport>> => Promise.resolve(createReport(was))
  for (const report of [path, pathToFileURL(path), was]) {
    t.equal((await replayWith(run, report, {})).verdict, 'still-clean')
  }
  await t.rejects(replay(`${folder}/none.json`), { code: 'ERR_REPORT' })
  await t.rejects(replay(7 as never), {
    code: 'ERR_OPTION_INVALID',
    message: /a report or the path of its file, got 7/,
  })
  await t.rejects(replay({} as never), { code: 'ERR_REPORT' })
  await t.rejects(replay(was, 7 as never), { code: 'ERR_OPTION_INVALID' })
})

const fits = (t: Test, text: string): void => {
  for (const line of text.split('\n')) t.ok(line.length <= 80, line)
}

t.test('fits 80 columns', async t => {
  const was = installed(await reportFor({ agents: ['apm'] }, ['apm']), `apm@${'2.4.1-'.repeat(5)}x`, '2.4.1')
  fits(t, replayText(await replayed(was, was), { width: 200 }))
  for (const sample of [leakReport, cleanReport, inconclusiveReport]) {
    const given = {
      entry: './server.cjs',
      workload: http(),
      agents: sample.options.agents.map(({ name }) => name),
    }
    fits(t, String(await replayed(sample, sample, given)))
  }
})
