import { realpath } from 'node:fs/promises'
import t from 'tap'
import type { Loaded, Reading } from '../../lib/probe/protocol.cjs'
import { applicationServer, urlOf, type FoundServer } from '../../lib/trial/application-server.js'
import { baselineAgents, contamination, unloadedLibraries } from '../../lib/trial/baseline-agents.js'
import { carriesAgents } from '../../lib/trial/driven-server.js'
import type { ProbeClient } from '../../lib/trial/probe-client.js'
import { failureError, type FailedTrial } from '../../lib/trial/failed-to-run.js'
import { localError, remoteError } from '../../lib/trial/messages.js'
import { sampleOf } from '../../lib/trial/sample-of.js'
import { settle, watchForFlush, type Watched } from '../../lib/trial/settle.js'
import { keptTrials } from '../../lib/trial/kept-trials.js'
import type { TrialHost } from '../../lib/trial/trial-host.js'
import { failureOfExit, outcomeOfExit } from '../../lib/trial/trial-stop.js'
import { openTurns } from '../../lib/trial/limits.js'
import type { LaunchSpec, TrialFailure } from '../../lib/trial/types.js'
import type { PlannedTrial, TrialRecord } from '../../lib/types/index.js'

const MB = 1024 * 1024

function server(port: number, callers: string[], more: Partial<FoundServer> = {}): FoundServer {
  return { port, address: '::', protocol: 'http', callers, pid: null, script: '/app/server.js', ...more }
}

t.test("the application's server is told apart from an agent's", async t => {
  const agentPaths = ['/app/node_modules/exporter', '/agents/own.cjs']
  const wanted = { agentPaths, port: null, onlyPort: false, socketPath: null, cwd: '/app', http: true }
  const exporter = server(9464, ['node:net', '/app/node_modules/exporter/lib/serve.js'])
  const plainAgent = server(9465, ['node:net', '/agents/own.cjs'])
  const own = server(3000, ['node:net', '/app/node_modules/express/lib/application.js', '/app/server.js'])
  const framework = server(3001, ['node:net', '/app/node_modules/next/dist/bin/next.js'])

  t.match(applicationServer([exporter, plainAgent, own], wanted), { kind: 'certain', server: own })
  t.match(applicationServer([exporter, framework], wanted), { kind: 'likely', server: framework })
  t.match(applicationServer([framework, own], wanted), { kind: 'certain', server: own })
  t.match(applicationServer([exporter, plainAgent], wanted), { kind: 'none' })
  const wrapped = server(3002, ['/app/node_modules/exporter/lib/wrap.js', '/app/server.js'])
  t.match(
    applicationServer([wrapped], wanted),
    { kind: 'certain' },
    "an agent's wrapper on the stack is no agent's server",
  )
  const wrappedFramework = server(3003, [
    '/app/node_modules/exporter/lib/wrap.js',
    '/app/node_modules/next/bin.js',
  ])
  t.match(applicationServer([exporter, wrappedFramework], wanted), {
    kind: 'likely',
    server: wrappedFramework,
  })
  const dependency = server(9466, [
    '/app/node_modules/prometheus/x.js',
    '/app/node_modules/exporter/start.js',
  ])
  t.match(
    applicationServer([dependency], wanted),
    { kind: 'none' },
    'what an agent starts through a dependency is its own',
  )
  t.match(
    applicationServer([server(1, ['/app/node_modules/exporter-of-mine/x.js'])], wanted),
    { kind: 'likely' },
    'a folder whose name begins alike is another folder',
  )
})

t.test('of several servers the one that is meant', async t => {
  const own = (port: number, more: Partial<FoundServer> = {}): FoundServer =>
    server(port, ['node:net', `/app/${String(port)}.js`], more)
  const wanted = { agentPaths: [], port: null, onlyPort: false, socketPath: null, cwd: '/app', http: true }
  const chosen = (servers: readonly FoundServer[], more: Partial<typeof wanted> = {}): number | null => {
    const candidate = applicationServer(servers, { ...wanted, ...more })
    return candidate.kind === 'none' ? null : candidate.server.port
  }
  const local = { address: '127.0.0.1' }
  t.equal(chosen([own(1), own(2)]), 2, 'a stand-in of another service is opened first')
  t.equal(chosen([own(1), own(2, local)]), 1, 'what is for this machine only is not what is served')
  t.equal(chosen([own(1, local), own(2, { ...local, protocol: 'tcp' })]), 1, 'requests need HTTP')
  t.equal(chosen([own(1, local), own(2, { protocol: 'tcp' })], { http: false }), 2)
  const [first, second] = [own(1), own(2)]
  const named = { ...wanted, port: 1 as unknown as null }
  t.match(applicationServer([first, second], named), { kind: 'named', server: first, others: [second] })
  t.equal(chosen([own(2)], named), 2, 'PORT is a hint')
  t.equal(chosen([own(2)], { ...named, onlyPort: true }), null, 'entry.port is not')
})

t.test('whether the process that answers carries the agents', async t => {
  const file = '/agents/it\\s.cjs'
  const loadedAs = async (more: Partial<Loaded>, pid: number | null = 7): Promise<boolean> => {
    const loaded = { execArgv: [], nodeOptions: '', ...more } as unknown as Loaded
    const probe = { loaded: async () => Promise.resolve(loaded) } as unknown as ProbeClient
    const found = { ...server(1, []), pid }
    const preloads = [{ kind: 'require', file }] as const
    return carriesAgents(probe, { port: 1, url: '', server: found, others: [] }, {
      preloads,
    } as unknown as LaunchSpec)
  }
  t.equal(await loadedAs({}), false)
  t.equal(await loadedAs({}, null), true, 'the launched process does')
  t.equal(await loadedAs({ execArgv: ['--require', file] }), true, 'forked')
  t.equal(await loadedAs({ nodeOptions: '--require "/agents/it\\\\s.cjs"' }), true, 'by its environment')
})

t.test('urls of servers', async t => {
  t.equal(urlOf(server(80, [])), 'http://127.0.0.1:80')
  t.equal(urlOf(server(80, [], { address: '::1', protocol: 'https' })), 'https://[::1]:80')
  t.equal(urlOf(server(80, [], { address: '127.0.0.2', protocol: 'tcp' })), 'http://127.0.0.2:80')
})

t.test('contamination names what is foreign', async t => {
  const launch: LaunchSpec = {
    command: [],
    nodePath: '/node',
    nodeArgs: ['--require', '/a.cjs'],
    file: '/app.js',
    args: [],
    cwd: '/',
    env: {},
    stdin: '',
    collectors: [],
    preloads: [],
    port: null,
    isCommand: false,
    agentPaths: [],
    agentLibraries: [],
    sidecars: [],
  }
  const options = '--require "/probe.cjs"'
  const loaded: Loaded = {
    nodeVersion: '20.20.2',
    bufferPoolBytes: 8192,
    execPath: '/node',
    execArgv: ['--require', '/a.cjs'],
    nodeOptions: options,
    preloaded: [],
    libraries: [],
    injected: [],
    agents: [],
  }
  t.equal(contamination(loaded, launch, options), null)
  t.match(
    contamination({ ...loaded, execArgv: ['--require', '/a.cjs', '--require', '/hook.js'] }, launch, options),
    /arguments that are not part of the plan: --require \/hook\.js/,
  )
  t.match(
    contamination({ ...loaded, nodeOptions: `${options} --import=file:///hook.mjs` }, launch, options),
    /NODE_OPTIONS.*file:\/\/\/hook\.mjs/,
  )
  t.match(contamination({ ...loaded, injected: ['/opt/agent.so'] }, launch, options), /\/opt\/agent\.so/)
  t.equal(
    contamination(
      { ...loaded, injected: ['/opt/agent.so'] },
      { ...launch, env: { LD_PRELOAD: '/opt/agent.so' } },
      options,
    ),
    null,
    'a library that the plan injects is not foreign',
  )
  t.equal(
    contamination(
      { ...loaded, execArgv: ['--require', '/vendor.js'] },
      { ...launch, command: ['vendor'] },
      options,
    ),
    null,
    'what a launcher adds belongs to its agent',
  )
})

t.test('libraries of agents that the loader left out', async t => {
  const folder = await realpath(
    t.testdir({ 'libapm.so.1.2': '', 'libapm.so': t.fixture('symlink', 'libapm.so.1.2') }),
  )
  const line = (file: string): string => `7f00-7f01 r-xp 00000000 08:01 42   ${file}\n`
  const maps = [`${folder}/libapm.so.1.2`, '/lib64/libhost.so', '/opt/agent.bin (deleted)'].map(line).join('')
  const unloaded = async (agentLibraries: string[], command: string[] = []): Promise<string | null> =>
    unloadedLibraries({ command, cwd: folder, agentLibraries }, async () => Promise.resolve(maps))
  t.equal(await unloaded([]), null)
  t.equal(await unloaded([`${folder}/libapm.so`, './libapm.so']), null, 'a link, mapped as what it leads to')
  t.equal(
    await unloaded(['/host/lib64/libhost.so', '/opt/agent.bin']),
    null,
    'in a folder of the system, by another name',
  )
  t.match(
    await unloaded([`${folder}/libapm.so`, '/opt/old/libother.so']),
    /inject \/opt\/old\/libother\.so, named in LD_PRELOAD/,
  )
  t.equal(await unloaded(['/opt/$LIB/libother.so', 'libother.so']), null, 'what the loader looks up')
  t.equal(await unloaded(['/opt/old/libother.so'], ['vendor']), null, 'behind a launcher')
  const refused = async (): Promise<string> => Promise.reject(new Error('EACCES'))
  t.equal(
    await unloadedLibraries({ command: [], cwd: '/', agentLibraries: ['/a.so'] }, refused),
    null,
    'nobody knows',
  )
})

t.test('agents in an application that is launched without any', async t => {
  const launch: LaunchSpec = {
    command: [],
    nodePath: '/node',
    nodeArgs: [],
    file: '/app/server.js',
    args: [],
    cwd: '/app',
    env: {},
    stdin: '',
    collectors: [],
    preloads: [],
    port: null,
    isCommand: false,
    agentPaths: [],
    agentLibraries: [],
    sidecars: [],
  }
  const none: Loaded = {
    nodeVersion: '20.20.2',
    bufferPoolBytes: 8192,
    execPath: '/node',
    execArgv: [],
    nodeOptions: '',
    preloaded: [],
    libraries: [],
    injected: [],
    agents: [],
  }
  const having = (...agents: Loaded['agents'][number][]): Loaded => ({ ...none, agents })
  const folder = '/app/node_modules'
  const sentry = { name: '@sentry/node', version: '9.1.0', path: `${folder}/@sentry/node` }
  const newrelic = { name: 'newrelic', version: '13.20.0', path: `${folder}/newrelic` }
  const part = (name: string): Loaded['agents'][number] => ({
    name: `@opentelemetry/${name}`,
    version: '0.2.0',
    path: `${folder}/@opentelemetry/${name}`,
    requiredBy: `${folder}/@sentry/node/index.js`,
  })

  t.equal(baselineAgents(none, launch, []), null)
  t.equal(baselineAgents(none, launch, ['@sentry/node']), null)
  t.equal(
    baselineAgents(having({ ...newrelic, requiredBy: '/app/server.js' }), launch, []),
    'it has newrelic 13.20.0 (/app/node_modules/newrelic, required by /app/server.js) loaded without any agent being on, so ' +
      'that both sides of every comparison would carry it. Take what loads it out of the application for this run and try it ' +
      "as an agent (agents: ['newrelic']); or, if the application has to carry it, say so: keep: ['newrelic']",
  )
  t.match(
    baselineAgents(having(newrelic), { ...launch, nodeArgs: ['--require', 'newrelic'] }, []),
    /Take it out of entry\.nodeArgs/,
  )
  t.match(
    baselineAgents(having(newrelic), { ...launch, env: { NODE_OPTIONS: '-r newrelic' } }, []),
    /Take it out of NODE_OPTIONS in entry\.env/,
  )
  t.match(baselineAgents(having(part('instrumentation')), launch, []), /the path of a file that starts it/)

  const sentryWithParts = having(part('instrumentation'), part('instrumentation-http'), sentry)
  t.equal(baselineAgents(sentryWithParts, launch, ['@sentry/node']), null, 'with all that it is built of')
  t.match(
    baselineAgents(sentryWithParts, launch, ['newrelic']),
    /^it has @sentry\/node 9\.1\.0 .*carry them/,
    'keeping what is not there keeps nothing else',
  )
  t.match(
    baselineAgents(having(sentry, newrelic), launch, ['@sentry/node']),
    /^it has newrelic 13\.20\.0/,
    'keeping one keeps no other',
  )
  const many = having(...['a', 'b', 'c', 'd', 'e'].map(part), { ...sentry, version: '', path: '' })
  t.match(
    baselineAgents(many, launch, []),
    /^it has @sentry\/node \(seen by .*\), @opentelemetry\/a .*, 2 more loaded/,
  )
  t.match(
    baselineAgents(many, launch, []),
    /keep: \['@sentry\/node'\]$/,
    'one name for all that it is built of',
  )
  const parts = having(...['api', 'instrumentation-http', 'auto-instrumentations-node', 'sdk-node'].map(part))
  t.match(baselineAgents(parts, launch, []), /keep: \['@opentelemetry\/auto-instrumentations-node'\]$/)
  t.equal(baselineAgents(parts, launch, ['@opentelemetry/auto-instrumentations-node']), null)
  t.match(baselineAgents(having(part('api')), launch, []), /keep: \['@opentelemetry\/api'\]$/)
  t.match(
    baselineAgents(having(newrelic, part('api'), sentry), launch, []),
    /keep: \['newrelic', '@sentry\/node'\]$/,
  )
})

const spec = {
  intervalMs: 1,
  agree: 3,
  toleranceBytes: 1000,
  maxMs: 10_000,
  holdMs: null,
  watchMs: 60,
  receipts: false,
}
const place = { operations: 8, kind: 'grid' as const, elapsedMs: 5 }
const reading = (heapUsed: number, external = 20): Reading => ({
  heapUsed,
  heapLimit: 2048 * MB,
  compiledCode: 1000,
  arrayBuffers: 10,
  external,
  rss: 50 * MB,
  nativeContexts: 1,
  detachedContexts: 0,
  resources: { Timeout: 2, TCPSocketWrap: 1 },
  listeners: 3,
  threads: 11,
  descriptors: 20,
  children: 0,
  workers: 0,
  collectMs: 5,
})

t.test('a sample is taken when readings agree, and says so when they do not', async t => {
  const falling = [9 * MB, 6 * MB, 5 * MB + 900, 5 * MB + 200, 5 * MB, 1]
  const sample = sampleOf(await settle(async () => reading(falling.shift() as number), spec, 0), place)
  t.match(sample, { settled: true, readings: 5, spreadBytes: 900, operations: 8, externalSpreadBytes: 0 })
  t.equal(sample.values.heap, 5 * MB - 1000, 'the lowest of those that agree, without code space')
  t.match(sample.values, { handles: 3, listeners: 3, fds: 20, threads: 11, contexts: 1, code: 1000 })

  let size = MB
  const restless = await settle(async () => reading((size += 2000)), { ...spec, maxMs: 30 }, 0)
  t.match(sampleOf(restless, place), { settled: false, spreadBytes: 4000 })
  let buffers = MB
  const buffering = await settle(async () => reading(MB, (buffers += 5000)), { ...spec, maxMs: 30 }, 0)
  t.match(sampleOf(buffering, place), { settled: false, spreadBytes: 0, externalSpreadBytes: 10_000 })
})

t.test('what is flushed at an interval is waited for, and its twin that is kept is not', async t => {
  const heldUntil = (ms: number): (() => Promise<Reading>) => {
    const startedAtMs = performance.now()
    return async () => reading(performance.now() - startedAtMs < ms ? 2 * MB : MB)
  }
  const watch = async (read: () => Promise<Reading>, watchMs: number): Promise<[number, number | null]> => {
    const before = await settle(read, spec, 0)
    const { holdMs, after } = await watchForFlush(read, { ...spec, watchMs }, before, false)
    return [holdMs, sampleOf(after, place).values.heap]
  }
  t.strictSame(await watch(heldUntil(200), 600), [600, MB - 1000])
  t.strictSame(
    await watch(heldUntil(Infinity), 60),
    [0, 2 * MB - 1000],
    'never released: nothing to wait for',
  )

  const read = heldUntil(80)
  const held = await settle(read, spec, 120)
  t.equal(sampleOf(held, place).values.heap, MB - 1000, 'a hold outlasts the interval')
})

t.test(
  'connections that close when they were idle are not flushed memory, and what goes with them beyond their own is',
  async t => {
    const closing = async (bytes: number): Promise<Pick<Watched, 'holdMs' | 'heldBytes'>> => {
      const startedAtMs = performance.now()
      const read = async (): Promise<Reading> => {
        const open = performance.now() - startedAtMs < 100
        return { ...reading(open ? MB + bytes : MB), descriptors: open ? 30 : 20 }
      }
      const { holdMs, heldBytes } = await watchForFlush(
        read,
        { ...spec, watchMs: 300 },
        await settle(read, spec, 0),
        false,
      )
      return { holdMs, heldBytes }
    }
    t.same(await closing(140_000), { holdMs: 0, heldBytes: 0 }, '14 KB of each of ten')
    t.same(await closing(400_000), { holdMs: 300, heldBytes: 400_000 - 10 * 16 * 1024 }, 'and a batch')
  },
)

t.test('turns are given by number', async t => {
  const turns = openTurns(2)
  const got: number[] = []
  const take = (trial: number): void => void turns.take(trial).then(() => got.push(trial))
  const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  for (const trial of [1, 2, 5, 3, 4]) take(trial)
  await soon()
  t.same(got, [1, 2], 'as many as the limit')
  take(1)
  await soon()
  t.same(got, [1, 2, 1], 'who has the turn has it')
  turns.give(2)
  turns.give(2)
  await soon()
  t.same(got, [1, 2, 1, 3], 'given back twice is given back once')
  turns.give(4)
  await soon()
  t.same(got, [1, 2, 1, 3, 4], 'who gives up waiting is let go')
  turns.give(1)
  await soon()
  t.same(got, [1, 2, 1, 3, 4, 5])
})

t.test(
  'measured applications are kept alive, as many as memory allows, for trials that go on with them',
  async t => {
    const released: number[] = []
    const host = { release: (id: number) => released.push(id) } as unknown as TrialHost
    const planned = (id: number, purpose: 'measure' | 'retention', operations = 64): PlannedTrial => ({
      id,
      agents: ['a'],
      backend: 'up',
      purpose,
      operations,
    })
    const completed = (trial: PlannedTrial, holdMs = 0): TrialRecord =>
      ({
        ...trial,
        holdMs,
        outcome: { kind: 'completed' },
        samples: [{ values: { rss: 100 } }],
      }) as unknown as TrialRecord
    const kept = keptTrials(250)
    const measure = (id: number, operations = 64, agents = ['a']): void => {
      const trial = { ...planned(id, 'measure', operations), agents }
      kept.begin(trial, host)
      kept.settle(trial, completed(trial))
    }

    kept.begin(planned(1, 'measure'), host)
    t.equal(kept.take(planned(3, 'retention'), 0), null, 'not measured yet')
    kept.settle(planned(1, 'measure'), completed(planned(1, 'measure')))
    t.equal(kept.take(planned(3, 'retention', 128), 0), null, 'idle time is checked after as many operations')
    t.equal(
      kept.take(planned(3, 'measure'), 0),
      null,
      'a further trial of the same size is a launch of its own',
    )
    t.equal(
      kept.take({ ...planned(3, 'measure', 128), backend: 'slow' }, 0),
      null,
      'another condition is another arm',
    )
    t.equal(kept.take(planned(3, 'measure', 128), 6_000), null, 'its readings did not wait long enough')
    t.match(kept.take(planned(3, 'retention'), 6_000), { continues: 1 }, 'idle time is longer than that')
    t.equal(kept.take(planned(3, 'retention'), 0), null, 'only once')

    kept.begin(planned(2, 'measure'), host)
    kept.settle(planned(2, 'measure'), completed(planned(2, 'measure')))
    kept.begin(planned(3, 'measure'), host)
    kept.settle(planned(3, 'measure'), completed(planned(3, 'measure'), 6_000))
    t.match(kept.take(planned(5, 'retention'), 6_000), { continues: 3 }, 'one that waited is preferred')
    t.match(kept.take(planned(5, 'retention'), 6_000), { continues: 2 })

    measure(4)
    t.match(kept.take(planned(5, 'measure', 128), 0), { continues: 4 }, 'it goes on')
    measure(6)
    measure(7, 128)
    t.match(kept.take(planned(8, 'measure', 256), 0), { continues: 7 }, 'with the longest')
    measure(9)
    t.same(released, [])
    measure(10)
    t.same(released, [6], 'the oldest has to go')
    kept.begin(planned(11, 'measure'), host)
    kept.settle(planned(11, 'measure'), null)
    kept.releaseAll()
    t.same(released, [6, 9, 10], 'what did not happen is nobody to release')

    for (const [id, agents] of [[], [], ['a'], ['a']].entries()) measure(20 + id, 64, agents)
    t.same(released.slice(3), [22, 23], 'what all others are compared with goes last')
  },
)

t.test('an exit is read for what it was', async t => {
  t.match(outcomeOfExit({ exitCode: 0, signal: null }, 'bye\n'), { kind: 'exited', exitCode: 0 })
  t.match(outcomeOfExit({ exitCode: 7, signal: null }, 'Error: x\n'), { kind: 'crashed', exitCode: 7 })
  t.match(
    outcomeOfExit(
      { exitCode: null, signal: 'SIGABRT' },
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
    ),
    { kind: 'out-of-memory' },
  )
  t.match(
    failureOfExit({ exitCode: 1, signal: null }, 'Error: listen EADDRINUSE: address already in use').failure,
    {
      kind: 'port-in-use',
      phase: 'ready',
    },
  )
  t.match(failureOfExit({ exitCode: 0, signal: null }, '').failure, { kind: 'exited' })
  t.match(failureOfExit({ exitCode: null, signal: 'SIGSEGV' }, '').failure, {
    kind: 'crashed',
    signal: 'SIGSEGV',
  })
})

t.test('a failed trial becomes an error that names who failed', async t => {
  const failed = (failure: Partial<TrialFailure>, more: Partial<FailedTrial> = {}): FailedTrial => ({
    entryFile: '/app.js',
    agents: [],
    thrown: undefined,
    unsupported: [],
    failure: {
      phase: 'ready',
      kind: 'crashed',
      message: 'm',
      exitCode: 1,
      signal: null,
      output: '',
      ...failure,
    },
    ...more,
  })
  const agents = ['apm']
  t.match(failureError(failed({ output: 'Error: boom' })), {
    code: 'ERR_ENTRY_CRASHED',
    message: /app\.js crashed before it was ready \(exit status 1\)\n.*\n {4}Error: boom/,
  })
  t.match(failureError(failed({}, { agents })), { code: 'ERR_AGENT_CRASHED', message: /with apm crashed/ })
  t.match(failureError(failed({}, { agents, unsupported: agents })), { code: 'ERR_AGENT_ENGINE' })
  t.match(failureError(failed({ kind: 'exited', exitCode: 0 })), { code: 'ERR_ENTRY_EXITED' })
  t.match(failureError(failed({ kind: 'exited', exitCode: 0 }, { agents })), { code: 'ERR_AGENT_EXITED' })
  t.match(failureError(failed({ kind: 'not-ready' })), { code: 'ERR_ENTRY_NOT_READY' })
  t.match(failureError(failed({ kind: 'not-ready' }, { agents })), { code: 'ERR_AGENT_NOT_READY' })
  t.match(failureError(failed({ kind: 'port-in-use' })), { code: 'ERR_PORT_IN_USE' })
  t.match(failureError(failed({ kind: 'contaminated' })), { code: 'ERR_TRIAL_CONTAMINATED' })
  t.match(failureError(failed({ kind: 'agent-not-loaded' }, { agents })), { code: 'ERR_AGENT_NOT_LOADED' })
  t.match(failureError(failed({ kind: 'probe-lost' })), { code: 'ERR_PROBE_LOST' })
  t.match(failureError(failed({ kind: 'aborted' })), { code: 'ERR_ABORTED' })
  t.match(failureError(failed({ kind: 'spawn-failed' })), { code: 'ERR_ENTRY_CRASHED' })
  const thrown = new TypeError('no such order')
  const workload = failureError(failed({ kind: 'workload-failed' }, { thrown }))
  t.equal(workload.code, 'ERR_WORKLOAD_FAILED')
  t.equal(workload.cause, thrown, 'what the workload threw is kept as it was')
})

t.test('errors cross the channel with name, message and stack', async t => {
  const original = new RangeError('too far')
  const copy = localError(JSON.parse(JSON.stringify(remoteError(original))) as ReturnType<typeof remoteError>)
  t.match(copy, { name: 'RangeError', message: 'too far' })
  t.equal(copy.stack, original.stack)
  t.match(remoteError('just text'), { name: 'Error', message: 'just text' })
})
