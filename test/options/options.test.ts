import { chmodSync, realpathSync, symlinkSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { availableParallelism } from 'node:os'
import { environmentWarning } from '../../lib/options/environment-warning.js'
import { resolveOptions } from '../../lib/run/resolve/resolve-options.js'
import type { ResolvedEntry, ResolvedOptions } from '../../lib/options/resolved.js'
import { TIMING } from '../../lib/options/timing.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { command } from '../../lib/trial/workload/command.js'
import { http } from '../../lib/trial/workload/http.js'
import { idle } from '../../lib/trial/workload/idle.js'
import { inApp } from '../../lib/trial/workload/in-app.js'

// What the machine sets would be warned of.
delete process.env.NODE_OPTIONS
delete process.env.LD_PRELOAD
// Set by tap.
delete process.env.TS_NODE_TRANSPILE_ONLY

const folder = realpathSync(
  t.testdir({
    'package.json': '{"name":"orders","version":"1.0.0"}',
    'server.js': '',
    'server.mjs': '',
    app: { 'package.json': '{"main":"./start.cjs"}', 'start.cjs': '' },
    plain: { 'index.js': '' },
    'agent.cjs': '',
    'work.mjs': '',
    node_modules: {
      narrow: {
        'package.json': '{"name":"narrow","version":"1.0.0","engines":{"node":">=99"}}',
        'index.js': '',
      },
    },
    'old-node': '#!/bin/sh\necho \'{"node":"14.21.3","v8":"8"}\'\n',
    'node-18': '#!/bin/sh\necho \'{"node":"18.0.0","v8":"10.2"}\'\n',
    'not-node': '#!/bin/sh\necho hello\n',
  }),
)
for (const name of ['old-node', 'node-18', 'not-node']) chmodSync(`${folder}/${name}`, 0o755)
symlinkSync(`${folder}/server.js`, `${folder}/link.js`)
const file = `${folder}/server.js`
const least = { entry: file, agents: [], workload: http() } satisfies IsolateLeakOptions

const resolve = async (more: unknown = {}): Promise<ResolvedOptions> =>
  resolveOptions({ ...least, ...(more as object) })
const cpus = availableParallelism()
const entryOf = async (entry: unknown, workload: unknown = http()): Promise<ResolvedEntry> =>
  (await resolve({ entry, workload })).entry

t.test('a function of the caller is not called for two applications at a time', async t => {
  const workload = async (): Promise<void> => undefined
  t.match(await resolve({ workload }), { concurrency: 1, concurrencyIsDefault: true, loadsAtATime: 1 })
  const given = await resolve({ workload, concurrency: 3 })
  t.match(given, { concurrency: 3, concurrencyIsDefault: false, loadsAtATime: Math.min(3, cpus) })
})

t.test('load generators take half of the processors', async t => {
  const workload = command(['sh', '{operations}'])
  const byDefault = await resolve({})
  t.match(await resolve({ workload }), {
    concurrency: byDefault.concurrency,
    loadsAtATime: Math.min(byDefault.concurrency, Math.max(1, Math.floor(cpus / 2))),
  })
})

t.test('of applications on one socket file one runs at a time, whatever is asked for', async t => {
  const alone = { concurrency: 1, loadsAtATime: 1 }
  t.match(await resolve({ workload: http({ socketPath: 'shop.sock' }) }), alone)
  t.match(await resolve({ workload: http({ socketPath: 'shop.sock' }), concurrency: 3 }), alone)
  t.match(await resolve({ workload: http(), concurrency: 3 }), { concurrency: 3 })
})

t.test('defaults', async t => {
  const options = await resolve()
  const { seed, onEvent, openHost, ...rest } = options
  t.equal(openHost, null)
  t.same(rest, {
    entry: {
      file,
      isCommand: false,
      port: null,
      args: [],
      cwd: process.cwd(),
      env: {},
      nodeArgs: [],
      nodePath: process.execPath,
      nodeVersion: process.versions.node,
      v8Version: process.versions.v8,
      ready: { kind: 'listening' },
      stdin: '',
    },
    agents: [],
    keep: [],
    carrier: null,
    listPackages: false,
    given: { agents: [], nodePath: false },
    backends: ['up'],
    workload: http(),
    effort: 'standard',
    operations: 20_480,
    threshold: 16,
    errorRate: 0.05,
    strategy: 'each',
    conflict: null,
    concurrency: Math.min(6, 2 * cpus + 1),
    concurrencyIsDefault: true,
    loadsAtATime: Math.min(6, cpus),
    budgetMs: null,
    trialTimeoutMs: 660_000,
    readyTimeoutMs: 30_000,
    timing: { intervalMs: 250, agree: 3, settleMs: 6_000, watchMs: 6_000, retentionMs: 60_000 },
    evidence: 'summary',
    evidenceHeapLimitBytes: 268_435_456,
    keepAliveBytes: null,
    outDir: null,
    resume: false,
    shard: null,
    signal: null,
    warnings: [],
  })
  t.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)
  t.not(seed, (await resolve()).seed)
  t.equal(onEvent({ type: 'verdict', component: 'a', verdict: 'clean', reason: '' }), undefined)
})

t.test('agents that are kept in the application', async t => {
  t.strictSame((await resolve({ keep: ['@sentry/node', '@sentry/node'] })).keep, ['@sentry/node'])
  await t.rejects(resolve({ keep: '@sentry/node' }), { code: 'ERR_OPTION_INVALID', message: /^keep must be/ })
  await t.rejects(resolve({ keep: [' '] }), { code: 'ERR_OPTION_INVALID', message: /one is empty/ })
  await t.rejects(resolve({ keep: ['narrow'], agents: ['narrow'] }), {
    code: 'ERR_OPTION_INVALID',
    message: /narrow is also among the agents/,
  })
})

t.test('with a sidecar no trial runs beside another unless the caller says so', async t => {
  const agents = [{ name: 'a', sidecar: { command: process.execPath } }]
  t.match(await resolve({ agents }), { concurrency: 1, concurrencyIsDefault: true, loadsAtATime: 1 })
  t.match(await resolve({ agents, concurrency: 3 }), { concurrency: 3, concurrencyIsDefault: false })
})

t.test('efforts', async t => {
  const inEffort = async (effort: string, workload: unknown): Promise<unknown[]> => {
    const { operations, threshold, timing, warnings } = await resolve({ effort, workload })
    t.same(warnings, [])
    const { intervalMs, agree, settleMs, watchMs, retentionMs } = timing
    t.same([intervalMs, agree], [250, 3])
    return [operations, threshold, settleMs, watchMs, retentionMs]
  }
  t.same(await inEffort('quick', http()), [5_120, 64, 4_000, 6_000, 20_000])
  t.same(await inEffort('standard', () => {}), [20_480, 16, 6_000, 6_000, 60_000])
  t.same(await inEffort('thorough', inApp(`${folder}/work.mjs`)), [81_920, 4, 10_000, 12_000, 180_000])
  t.same(await inEffort('quick', idle()), [30, 4_096, 2_000, 0, 0])
  t.same(await inEffort('standard', idle()), [120, 1_024, 2_000, 0, 0])
  t.same(await inEffort('thorough', idle()), [600, 256, 2_000, 0, 0])
  t.equal((await resolve({ effort: 'thorough', workload: idle() })).trialTimeoutMs, 1_200_000)
})

t.test('tests of the library wait for less', async t => {
  const times = { intervalMs: 50, settleMs: 0, watchMs: 0 }
  t.strictSame((await resolve({ [TIMING]: times })).timing, {
    ...{ intervalMs: 50, agree: 3, settleMs: 0, watchMs: 0 },
    retentionMs: 60_000,
  })
  await t.rejects(resolve({ timing: times }), { code: 'ERR_OPTION_INVALID' }, 'by no name')
  await t.rejects(resolve({ [TIMING]: { intervalMs: 0 } }), {
    code: 'ERR_OPTION_INVALID',
    message: /intervalMs/,
  })
  await t.rejects(resolve({ [TIMING]: { agree: 1.5 } }), { code: 'ERR_OPTION_INVALID', message: /agree/ })
})

t.test('everything that can be set', async t => {
  const { signal } = new AbortController()
  const onEvent = (): void => {}
  const options = await resolve({
    agents: [`${folder}/agent.cjs`, 'narrow'],
    effort: 'quick',
    operations: 1_001,
    threshold: 500,
    errorRate: 0.01,
    strategy: 'auto',
    backends: ['slow', 'up'],
    concurrency: 2,
    budgetMs: 1_000,
    trialTimeoutMs: 50_000,
    readyTimeoutMs: 5_000,
    retentionMs: 0,
    evidence: 'none',
    outDir: `${folder}/out`,
    seed: 0,
    signal,
    onEvent,
  })
  t.match(options, {
    effort: 'quick',
    operations: 1_008,
    threshold: 500,
    errorRate: 0.01,
    strategy: 'each',
    backends: ['slow', 'up'],
    concurrency: 2,
    budgetMs: 1_000,
    trialTimeoutMs: 50_000,
    readyTimeoutMs: 5_000,
    timing: { retentionMs: 0 },
    evidence: 'none',
    outDir: `${folder}/out`,
    seed: 0,
    warnings: [{ code: 'AGENT_ENGINE', agents: ['narrow'], downgrades: false }],
  })
  t.equal(options.signal, signal)
  t.equal(options.onEvent, onEvent)
  t.same(
    options.agents.map(({ name }) => name),
    [`${folder}/agent.cjs`, 'narrow'],
  )
  t.match(await resolve({ outDir: 'out' }), { outDir: `${process.cwd()}/out`, resume: false })
  t.equal((await resolve({ outDir: 'out', resume: true })).resume, true)
})

t.test('undefined is the same as absent', async t => {
  const names = [
    'threshold',
    'errorRate',
    'effort',
    'operations',
    'strategy',
    'backends',
    'concurrency',
    'seed',
  ]
  const more = [
    'budgetMs',
    'trialTimeoutMs',
    'retentionMs',
    'evidence',
    'outDir',
    'signal',
    'onEvent',
    'other',
  ]
  await t.resolves(resolve(Object.fromEntries([...names, ...more].map(name => [name, undefined]))))
  await t.resolves(resolve({ resume: false }))
})

t.test('a rate in bytes per day', async t => {
  const threshold = { bytesPerDay: 86_400_000, operationsPerSecond: 10 }
  t.equal((await resolve({ threshold })).threshold, 100)
  const idleThreshold = { bytesPerDay: 86_400_000, operationsPerSecond: 1 }
  t.equal((await resolve({ threshold: idleThreshold, workload: idle() })).threshold, 1000)
})

t.test('the result is frozen, what it was made from is not', async t => {
  const given = {
    entry: { file, args: ['a'], env: { A: '1' }, nodeArgs: ['--trace-warnings'], ready: /ready/ },
    agents: [{ name: 'a', env: { A: '1' }, nodeArgs: ['--a'] }],
    workload: http({ path: ['/a'] }),
    signal: new AbortController().signal,
  }
  const options = await resolveOptions(given)
  const parts = [
    options,
    options.entry,
    options.entry.args,
    options.entry.env,
    options.entry.nodeArgs,
    options.entry.ready,
  ]
  for (const part of [
    ...parts,
    options.agents,
    options.agents[0],
    options.agents[0]?.env,
    options.warnings,
  ]) {
    t.ok(Object.isFrozen(part))
  }
  for (const part of [
    given,
    given.entry,
    given.entry.args,
    given.entry.env,
    given.agents,
    given.agents[0],
    given.signal,
  ]) {
    t.notOk(Object.isFrozen(part))
  }
  given.entry.args.push('b')
  given.entry.env.A = '2'
  t.same([options.entry.args, options.entry.env], [['a'], { A: '1' }])
})

t.test('few operations', async t => {
  const { warnings } = await resolve({ operations: 1024, threshold: 16 })
  t.same(warnings, [
    {
      code: 'FEW_OPERATIONS',
      message:
        '1024 operations are few for a threshold of 16 bytes: the answer may well be inconclusive. ' +
        'Use 10240 or more, or a threshold of 160 or more.',
      downgrades: false,
    },
  ])
  t.same((await resolve({ operations: 1024, threshold: 160 })).warnings, [])
  t.match((await resolve({ operations: 8, workload: idle() })).warnings, [{ message: /^8 seconds are few/ }])
})

t.test('variables that are not passed on', async t => {
  const entry = (await resolve()).entry
  const callerEnv = { NODE_OPTIONS: '--max-old-space-size=100', LD_PRELOAD: '/a.so' }
  t.match(environmentWarning(entry, callerEnv), [
    {
      code: 'ENVIRONMENT_DROPPED',
      message: /^NODE_OPTIONS, LD_PRELOAD of this process are not passed on/,
      downgrades: false,
    },
  ])
  const env = { LD_PRELOAD: undefined }
  t.match(environmentWarning({ ...entry, env }, callerEnv), [
    { message: /^NODE_OPTIONS of this process is not/ },
  ])
  t.same(environmentWarning(entry, {}), [])
})

t.test('entry: where it is', async t => {
  t.equal((await entryOf(pathToFileURL(file))).file, file)
  t.equal((await entryOf(pathToFileURL(file).href)).file, file)
  t.equal((await entryOf({ file: new URL(pathToFileURL(file)) })).file, file)
  t.equal((await entryOf(`${folder}/server`)).file, file, 'without its extension')
  t.equal((await entryOf(`${folder}/app`)).file, `${folder}/app/start.cjs`, 'main of a folder')
  t.equal((await entryOf(`${folder}/plain`)).file, `${folder}/plain/index.js`)
  t.equal((await entryOf(`${folder}/link.js`)).file, `${folder}/link.js`)
  const before = process.cwd()
  process.chdir(folder)
  try {
    t.match(await entryOf({ file: 'server.mjs', cwd: 'app' }), {
      file: `${folder}/server.mjs`,
      cwd: `${folder}/app`,
    })
    t.equal((await entryOf('./server.js')).cwd, folder)
  } finally {
    process.chdir(before)
  }
  t.equal((await entryOf({ file, cwd: pathToFileURL(folder) })).cwd, folder)
})

t.test('entry: the rest', async t => {
  const given = {
    file,
    args: ['--port', '0'],
    env: { A: '1', B: undefined },
    nodeArgs: ['--import', 'tsx'],
    nodePath: process.execPath,
    stdin: 'text',
  }
  t.match(await entryOf(given), { ...given, nodeVersion: process.versions.node })
  t.match(await entryOf({ file, nodePath: `${folder}/node-18` }), {
    nodePath: `${folder}/node-18`,
    nodeVersion: '18.0.0',
    v8Version: '10.2',
  })
  t.match(await entryOf({ file, nodePath: 'node' }), { nodePath: /^\/.*\/node$/ }, 'from the PATH')
  t.equal((await entryOf({ file, nodePath: pathToFileURL(`${folder}/node-18`).href })).nodeVersion, '18.0.0')
})

t.test('entry: when it is ready', async t => {
  const ready = async (value: unknown, workload?: unknown): Promise<unknown> =>
    (await entryOf({ file, ready: value }, workload)).ready
  t.same(await ready(undefined), { kind: 'listening' })
  t.same(await ready(undefined, () => {}), { kind: 'listening' })
  t.same(await ready(undefined, command(['sh', '{operations}'])), { kind: 'listening' })
  t.same(await ready(undefined, idle()), { kind: 'running' })
  t.same(await ready(undefined, inApp(`${folder}/work.mjs`)), { kind: 'running' })
  t.same(await ready('running'), { kind: 'running' })
  t.same(await ready('listening', idle()), { kind: 'listening' })
  const check = (): boolean => true
  t.same(await ready(check), { kind: 'function', check })

  const given = /ready on \d+/gimy
  given.lastIndex = 5
  const output = (await ready(given)) as { pattern: RegExp }
  t.match(output, { kind: 'output', pattern: { source: 'ready on \\d+', flags: 'im', lastIndex: 0 } })
  t.ok(output.pattern.test('READY on 5') && output.pattern.test('READY on 5'), 'has no memory')
  t.equal(given.lastIndex, 5)
  t.match(await ready(runInNewContext('/ready/')), { kind: 'output' }, 'of another realm')
})

t.test('values of another realm', async t => {
  const given = runInNewContext(
    '({ entry: { file, env: { A: "1" } }, agents: [], workload: { kind: "idle" } })',
    { file },
  )
  t.match(await resolveOptions(given as IsolateLeakOptions), {
    entry: { env: { A: '1' } },
    workload: { kind: 'idle' },
  })
})

t.test('bad options', async t => {
  for (const [options, message] of [
    [undefined, /the options of isolateLeak\(\) must be an object, got undefined/],
    [[], /must be an object, got an array/],
    [{ workload: {} }, /workload must be a function, or the value of http/],
  ] as const) {
    await t.rejects(resolveOptions(options as never), { code: 'ERR_OPTION_INVALID', message })
  }
  for (const [options, message] of [
    [{ tresholds: 5 }, /isolateLeak\(\) has no option named 'tresholds': did you mean threshold\?/],
    [{ onevent: () => {} }, /did you mean onEvent\?/],
    [{ frobnicate: 1 }, /has no option named 'frobnicate': it has entry, agents/],
    [{ workload: http }, /http must be called/],
    [{ agents: 'a' }, /agents must be an array/],
    [{ threshold: 0 }, /threshold must be a number, greater than 0, got 0/],
    [{ threshold: NaN }, /got NaN/],
    [{ threshold: null }, /threshold must be a number of bytes per operation or \{ bytesPerDay.*got null/],
    [{ threshold: '16' }, /got '16'/],
    [
      { threshold: { bytesPerDay: 5 } },
      /threshold\.operationsPerSecond must be a number, greater than 0, got undefined/,
    ],
    [{ threshold: { bytesPerDay: -5, operationsPerSecond: 1 } }, /threshold\.bytesPerDay must be/],
    [{ threshold: { bytesPerDay: 5, operationsPerSec: 1 } }, /did you mean operationsPerSecond\?/],
    [
      { threshold: { bytesPerDay: 5, operationsPerSecond: 2 }, workload: idle() },
      /must be 1 for an idle workload/,
    ],
    [{ errorRate: 0 }, /errorRate must be a number, greater than 0 and at most 0.5, got 0/],
    [{ errorRate: 5 }, /errorRate/],
    [{ errorRate: null }, /errorRate .* got null/],
    [{ effort: 'high' }, /effort must be 'quick' or 'standard' or 'thorough', got 'high'/],
    [{ operations: 63 }, /operations must be a whole number, at least 64/],
    [{ operations: 100.5 }, /operations must be a whole number/],
    [{ operations: Infinity }, /got Infinity/],
    [{ operations: 7, workload: idle() }, /operations \(seconds\) must be a whole number, at least 8/],
    [{ strategy: 'best' }, /strategy must be 'auto' or 'each' or 'halving', got 'best'/],
    [{ backends: 'up' }, /backends must be an array with one or more of 'up', 'down', .*got 'up'/],
    [{ backends: [] }, /backends must be an array/],
    [
      { backends: ['sideways'] },
      /backends\[0\] must be 'up' or 'down' or 'slow' or 'error' or 'reset', got 'sideways'/,
    ],
    [{ backends: ['slow', 'up', 'slow'] }, /backends must not contain 'slow' twice/],
    [{ backends: ['slow', 'up'] }, /no more than one where there are no agents.*got 'slow', 'up'/],
    [{ concurrency: 0 }, /concurrency must be a whole number, at least 1/],
    [{ budgetMs: 0 }, /budgetMs must be a number, greater than 0/],
    [{ budgetMs: 2 ** 31 }, /at most 2147483647/],
    [{ trialTimeoutMs: -1 }, /trialTimeoutMs/],
    [
      { trialTimeoutMs: 60_000 },
      /trialTimeoutMs must be greater than the 60000 ms that a trial waits idle, got 60000/,
    ],
    [{ trialTimeoutMs: 100_000, workload: idle() }, /the 120000 ms that a trial waits idle/],
    [{ readyTimeoutMs: '5' }, /readyTimeoutMs must be a number.* got '5'/],
    [{ retentionMs: -1 }, /retentionMs must be a number, at least 0/],
    [{ evidence: true }, /evidence must be .*'summary'.*, got true/],
    [{ evidence: 'snapshots' }, /evidence 'snapshots' must come with an outDir/],
    [{ evidenceHeapLimitBytes: -1 }, /evidenceHeapLimitBytes must be/],
    [{ keepAliveBytes: -1 }, /keepAliveBytes must be a whole number, at least 0/],
    [{ outDir: 5 }, /outDir must be a string, got 5/],
    [{ shard: '1/4' }, /shard must be an object/],
    [
      { shard: { index: 0, count: 4 } },
      /shard\.index must be a whole number, at least 1 and at most 4, got 0/,
    ],
    [{ shard: { index: 5, count: 4 } }, /shard\.index must be .* at most 4, got 5/],
    [{ shard: { index: 1, count: 1.5 } }, /shard\.count must be a whole number/],
    [{ shard: { index: 1, count: 2, of: 3 } }, /shard has no option named 'of'/],
    [{ shard: { index: 1, count: 9 } }, /shard\.count must be at most \d, as many as there are agents times/],
    [{ shard: { index: 1, count: 2 }, strategy: 'halving' }, /'halving' decides step by step/],
    [{ resume: true }, /resume must come with an outDir to go on from, got none/],
    [{ outDir: 'out', resume: 'yes' }, /resume must be true or false, got 'yes'/],
    [{ outDir: file }, /outDir must be a folder, but .*server.js is a file/],
    [{ seed: -1 }, /seed must be a whole number, at least 0/],
    [{ seed: 2 ** 32 }, /seed/],
    [{ signal: {} }, /signal must be an AbortSignal, got an object$/],
    [{ signal: new AbortController() }, /give its signal property/],
    [{ onEvent: 5 }, /onEvent must be a function, got 5/],
    [
      { entry: undefined },
      /entry must be the path of a script, a command line, or an object with file or command, got undefined/,
    ],
    [{ entry: {} }, /entry\.file must be a string, got undefined/],
    [{ entry: '' }, /entry\.file must not be empty/],
    [{ entry: new URL('http://localhost/x') }, /entry\.file must be a path or a file: URL/],
    [{ entry: { file, arg: [] } }, /entry has no option named 'arg': did you mean args\?/],
    [{ entry: { file, args: 'x' } }, /entry\.args must be an array of strings, got 'x'/],
    [{ entry: { file, args: [5] } }, /entry\.args\[0\] must be a string, got 5/],
    [{ entry: { file, args: ['\0'] } }, /entry\.args\[0\] must not contain a null character/],
    [{ entry: { file, cwd: `${folder}/missing` } }, /entry\.cwd must be an existing folder, got .*missing/],
    [{ entry: { file, cwd: file } }, /entry\.cwd must be an existing folder/],
    [
      { entry: { file, env: { PORT: 3000 } } },
      /entry\.env\.PORT must be a string, or undefined.*of type number/,
    ],
    [{ entry: { file, env: { KEY: null } } }, /entry\.env\.KEY must be a string.*of type null/],
    [{ entry: { file, env: { KEY: 'secret\0' } } }, /entry\.env\.KEY must not contain a null character$/],
    [{ entry: { file, port: 0 } }, /entry\.port must be an integer from 1 to 65535, got 0/],
    [{ entry: { file, port: '80' } }, /entry\.port must be an integer.*got '80'/],
    [{ entry: { file, command: 'npm start' } }, /entry has file or command, not both/],
    [{ entry: { command: '' } }, /entry\.command must name a program/],
    [{ entry: { command: ['node', 5] } }, /entry\.command/],
    [{ entry: { command: 'node x.js', nodeArgs: ['--expose-gc'] } }, /entry\.nodeArgs is for a script/],
    [{ entry: 'node x.js', workload: inApp(file) }, /inApp\(\) works inside the process that is launched/],
    [{ entry: { file, nodeArgs: ['server.js'] } }, /entry\.nodeArgs begins with 'server.js'/],
    [{ entry: { file, nodeArgs: ['--inspect-brk'] } }, /entry\.nodeArgs must not contain '--inspect-brk'/],
    [{ entry: { file, nodeArgs: ['--'] } }, /must not contain '--'/],
    [{ entry: { file, nodePath: 5 } }, /entry\.nodePath must be a string/],
    [{ entry: { file, ready: 'soon' } }, /entry\.ready must be 'listening', 'running', a RegExp.*got 'soon'/],
    [{ entry: { file, stdin: 5 } }, /entry\.stdin must be a string/],
  ] as const) {
    await t.rejects(resolve(options), { code: 'ERR_OPTION_INVALID', message }, String(message))
  }
})

t.test('applications that need one port run one at a time, unless the caller knows better', async t => {
  t.equal((await resolve({ entry: { file, port: 8080 } })).concurrency, 1)
  t.equal((await resolve({ entry: { file, port: 8080 }, concurrency: 2 })).concurrency, 2)
  t.ok((await resolve({ entry: { file } })).concurrency > 1)
})

t.test('commands', async t => {
  const cwd = t.testdir({
    'start.sh': '#!/bin/sh\nnode server.js\n',
    'cli.js': '#!/usr/bin/env node\n',
    node_modules: { '.bin': { framework: '#!/usr/bin/env node\n' } },
  })
  chmodSync(`${cwd}/start.sh`, 0o755)
  chmodSync(`${cwd}/node_modules/.bin/framework`, 0o755)
  const entryOf = async (entry: unknown): Promise<unknown> => {
    const { file, args, isCommand } = (await resolve({ entry })).entry
    return { file, args, isCommand }
  }
  const framework = `${cwd}/node_modules/.bin/framework`
  const started = { file: framework, args: ['start', '--port', '0'], isCommand: true }
  t.strictSame(await entryOf({ command: 'framework start --port 0', cwd }), started)
  t.strictSame(await entryOf({ command: ['framework', 'start'], args: ['--port', '0'], cwd }), started)
  const script = { file: `${cwd}/start.sh`, args: [], isCommand: true }
  t.strictSame(await entryOf(`${cwd}/start.sh`), script, 'a script of another interpreter')
  t.match(await entryOf(`${cwd}/cli.js`), { isCommand: false }, 'and its twin for Node')
  t.match(await entryOf(`env node`), { args: ['node'], isCommand: true }, 'a command line')
})

t.test('what cannot be started', async t => {
  await t.rejects(resolve({ entry: `${folder}/missing.js` }), {
    code: 'ERR_ENTRY_NOT_FOUND',
    message: `entry: there is no script ${folder}/missing.js; a command line is an entry as well, for example 'npm start'`,
  })
  await t.rejects(resolve({ entry: 'no-such-command start' }), {
    code: 'ERR_ENTRY_NOT_FOUND',
    message: /there is no command no-such-command in node_modules\/\.bin of .* and above, nor on the PATH/,
  })
  await t.rejects(resolve({ entry: `${folder}/package.json` }), {
    code: 'ERR_ENTRY_NOT_FOUND',
    message: /package\.json is no script; to run what it names, give a command: 'npm start'/,
  })
  await t.rejects(resolve({ entry: `${folder}/node_modules` }), { code: 'ERR_ENTRY_NOT_FOUND' })
  const unusable = async (nodePath: string, message: RegExp): Promise<void> => {
    await t.rejects(resolve({ entry: { file, nodePath } }), { code: 'ERR_NODE_UNUSABLE', message })
  }
  await unusable(`${folder}/old-node`, /old-node is Node 14\.21\.3; 16 or newer is needed/)
  await unusable(`${folder}/not-node`, /is not Node/)
  await unusable(`${folder}/missing`, /neither an executable file nor a command on the PATH/)
  await unusable(file, /neither an executable file nor/)
  await unusable('no-such-node', /nodePath 'no-such-node' is neither/)
})

t.test('which sets are launched', async t => {
  const each = (count: number, more: (index: number) => object = () => ({})): object[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `a${index}`,
      env: { [`VARIABLE_${index}`]: '1' },
      ...more(index),
    }))
  const strategyOf = async (agents: readonly object[], strategy?: string): Promise<unknown> => {
    const options = await resolve({ agents, ...(strategy === undefined ? {} : { strategy }) })
    return [options.strategy, options.conflict]
  }
  t.same(await strategyOf(each(4)), ['each', null])
  t.same(await strategyOf(each(5)), ['halving', null])
  t.same(await strategyOf(each(5), 'auto'), ['halving', null])
  t.same(await strategyOf(each(5), 'each'), ['each', null])
  t.same(await strategyOf(each(2), 'halving'), ['halving', null])

  const variable = each(6, index => (index > 3 ? { env: { MODE: `${index}` } } : {}))
  t.same(await strategyOf(variable), ['each', 'a4 and a5 set MODE differently'])
  const same = each(6, index => (index > 3 ? { env: { MODE: 'on' } } : {}))
  t.same(await strategyOf(same), ['halving', null])
  const unset = each(2, index => ({ env: { MODE: index === 0 ? undefined : 'on' } }))
  t.same(await strategyOf(unset), ['each', 'a0 and a1 set MODE differently'])
  const nodeOptions = each(2, index => ({ env: { NODE_OPTIONS: `--stack-trace-limit=${index}` } }))
  t.same(await strategyOf(nodeOptions), ['each', null], 'they add up')
  const file = each(2, () => ({ require: `${folder}/agent.cjs` }))
  t.match(await strategyOf(file), ['each', /^a0 and a1 both preload .*agent\.cjs$/])
  const required = each(2, index => ({ env: { MODE: `${index}` }, requires: index === 0 ? [] : ['a0'] }))
  t.same(await strategyOf(required), ['each', null], 'meant to be together')
  const narrow = each(2, index => ({ require: index === 0 ? 'narrow' : 'narrow/package.json' }))
  t.match(await strategyOf(narrow), ['each', /^a0 and a1 are both narrow$/])
  await t.rejects(strategyOf(variable, 'halving'), {
    code: 'ERR_OPTION_INVALID',
    message: /^strategy 'halving' needs agents that can be on together, but a4 and a5 set MODE differently/,
  })
})
