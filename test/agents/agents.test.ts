import { chmodSync, symlinkSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { findConflict, armAgents } from '../../lib/agents/find-conflict.js'
import type { InstalledAgent } from '../../lib/agents/install-agents.js'
import { launchSpecFor } from '../../lib/trial/launch-spec.js'
import { fillPlaceholders, hasAddress, hasPlaceholder } from '../../lib/agents/placeholders.js'
import { resolveAgents } from '../../lib/agents/resolve-agents.js'
import { IsolateLeakError } from '../../lib/errors.js'
import type { ResolvedAgent, ResolvedEntry } from '../../lib/options/resolved.js'

const pkg = (name: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ name, version: '1.2.3', ...more })

// The application in `app`, its caller in `caller`: what a name means differs between the two.
const folder = t.testdir({
  app: {
    'package.json': pkg('orders'),
    'server.js': '',
    'beside.cjs': '',
    node_modules: {
      'dd-trace': {
        'package.json': pkg('dd-trace', { version: '5.20.0', engines: { node: '>=18' } }),
        'index.js': '',
        'init.js': '',
      },
      'dd-trace-old': {
        'package.json': pkg('dd-trace', { version: '3.9.3' }),
        'index.js': '',
        'init.js': '',
      },
      'elastic-apm-node': { 'package.json': pkg('elastic-apm-node', { version: '4.18.0' }), 'start.js': '' },
      newrelic: {
        'package.json': pkg('newrelic', { version: '13.20.0', main: './lib/index.js' }),
        lib: { 'index.js': '' },
      },
      '@opentelemetry': {
        'auto-instrumentations-node': {
          'package.json': pkg('@opentelemetry/auto-instrumentations-node', {
            version: '0.60.0',
            exports: { '.': './index.js', './register': './build/register.js' },
          }),
          'index.js': '',
          build: { 'register.js': '' },
        },
      },
      '@instana': {
        collector: {
          'package.json': pkg('@instana/collector', { version: '5.5.0' }),
          src: { 'immediate.js': '' },
        },
      },
      '@splunk': { otel: { 'package.json': pkg('@splunk/otel', { version: '4.3.0' }), 'instrument.js': '' } },
      '@sentry': { node: { 'package.json': pkg('@sentry/node', { version: '8.55.2' }), 'index.js': '' } },
      dual: {
        'package.json': pkg('dual', {
          exports: {
            '.': { import: './main.mjs', require: './main.cjs' },
            './only-import': { import: './main.mjs' },
          },
        }),
        'main.mjs': '',
        'main.cjs': '',
      },
      esm: {
        'package.json': pkg('esm', { type: 'module', exports: { import: './i.js', require: './r.js' } }),
        'i.js': '',
        'r.js': '',
      },
      narrow: { 'package.json': pkg('narrow', { engines: { node: '>=99' } }), 'index.js': '' },
      odd: { 'package.json': pkg('odd', { engines: { node: 'whatever you like' } }), 'index.js': '' },
    },
  },
  caller: {
    'package.json': pkg('tests', { type: 'module' }),
    agents: {
      'a.cjs': '',
      'b.mjs': '',
      'c.js': '',
      'index.js': '',
      nested: { 'package.json': '{}', 'd.js': '' },
    },
    launchers: { run: '#!/bin/sh\nexec "$@"\n' },
    node_modules: { 'only-here': { 'package.json': pkg('only-here'), 'index.js': '' } },
  },
})
const app = `${folder}/app`
const caller = `${folder}/caller`
const modules = `${app}/node_modules`
chmodSync(`${caller}/launchers/run`, 0o755)
symlinkSync(`${caller}/agents/a.cjs`, `${caller}/agents/link.cjs`)

const entry: ResolvedEntry = {
  file: `${app}/server.js`,
  args: ['--fast'],
  cwd: app,
  env: {},
  nodeArgs: [],
  nodePath: '/usr/bin/node',
  nodeVersion: '20.20.2',
  v8Version: '11',
  ready: { kind: 'listening' },
  port: null,
  isCommand: false,
  stdin: '',
}

const resolve = (agents: unknown, more: Partial<ResolvedEntry> = {}): ReturnType<typeof resolveAgents> =>
  resolveAgents(agents, { ...entry, ...more }, caller)

function one(agent: unknown): ResolvedAgent {
  const { agents } = resolve([agent])
  return agents[0] as ResolvedAgent
}

function failure(agents: unknown, more: Partial<ResolvedEntry> = {}): { code: string; message: string } {
  try {
    resolve(agents, more)
  } catch (error) {
    if (error instanceof IsolateLeakError) return { code: error.code, message: error.message }
    throw error
  }
  return { code: 'nothing', message: 'nothing was thrown' }
}

t.test('strings: paths are preloaded as what they are', async t => {
  t.same(one('./agents/a.cjs'), {
    name: './agents/a.cjs',
    require: [`${caller}/agents/a.cjs`],
    import: [],
    env: {},
    preset: null,
    nodeArgs: [],
    command: [],
    sidecar: null,
    requires: [],
    package: null,
    tree: [],
  })
  const required = (agent: string): unknown => one(agent).require
  const imported = (agent: string): unknown => one(agent).import
  t.same(required('agents/a.cjs'), [`${caller}/agents/a.cjs`], 'without ./')
  t.same(required(`${caller}/agents/a.cjs`), [`${caller}/agents/a.cjs`])
  t.same(required(pathToFileURL(`${caller}/agents/a.cjs`).href), [`${caller}/agents/a.cjs`])
  t.same(required('./agents/link.cjs'), [`${caller}/agents/a.cjs`], 'a link is where it leads')
  t.same(imported('./agents/b.mjs'), [pathToFileURL(`${caller}/agents/b.mjs`).href])
  t.same(imported('./agents/c.js'), [pathToFileURL(`${caller}/agents/c.js`).href], 'type: module')
  t.same(required('./agents/nested/d.js'), [`${caller}/agents/nested/d.js`], 'a scope of its own')
  t.same(required('./beside.cjs'), [`${app}/beside.cjs`], 'else beside the application')
})

t.test('strings: known agents are started the way they are meant to', async t => {
  for (const [name, file] of [
    ['dd-trace', 'dd-trace/init.js'],
    ['elastic-apm-node', 'elastic-apm-node/start.js'],
    ['newrelic', 'newrelic/lib/index.js'],
    [
      '@opentelemetry/auto-instrumentations-node',
      '@opentelemetry/auto-instrumentations-node/build/register.js',
    ],
    ['@instana/collector', '@instana/collector/src/immediate.js'],
    ['@splunk/otel', '@splunk/otel/instrument.js'],
  ] as const) {
    const agent = one(name)
    t.match(agent, { name, require: [`${modules}/${file}`], import: [], preset: { package: name } })
    t.match(agent.package, { name, root: `${modules}/${name}` })
  }
  t.match(one('dd-trace-old'), {
    name: 'dd-trace-old',
    require: [`${modules}/dd-trace-old/init.js`],
    package: { name: 'dd-trace', version: '3.9.3', root: `${modules}/dd-trace-old` },
  })
  t.match(one('dd-trace/init'), {
    name: 'dd-trace/init',
    require: [`${modules}/dd-trace/init.js`],
    preset: { package: 'dd-trace' },
  })
  t.match(one('@sentry/node'), {
    require: [/agents[\\/]starts[\\/]sentry\.cjs$/],
    package: { name: '@sentry/node', version: '8.55.2' },
    preset: { env: { ISOLATE_LEAK_START_SENTRY: `${modules}/@sentry/node` } },
  })
  t.match(failure(['applicationinsights']), {
    code: 'ERR_AGENT_PACKAGE_MISSING',
    message: /or give it in a version, which is installed for the run: 'applicationinsights@latest'/,
  })
})

t.test('strings: other packages', async t => {
  t.match(one('dual'), { require: [`${modules}/dual/main.cjs`], import: [] })
  t.match(one('esm'), { require: [], import: [pathToFileURL(`${modules}/esm/i.js`).href] })
  t.match(
    one('only-here'),
    { require: [`${caller}/node_modules/only-here/index.js`] },
    "the caller's folder comes last",
  )
})

t.test('objects', async t => {
  const agent = one({
    name: 'otel',
    require: ['dual', './agents/a.cjs', new URL(pathToFileURL(`${caller}/agents/b.mjs`))],
    import: ['dual', 'dual/only-import', './agents/b.mjs', 'data:text/javascript,1'],
    env: { A: '1', B: undefined },
    nodeArgs: ['--trace-warnings'],
    command: ['launchers/run', '--profile', 'a b'],
    requires: [],
  })
  t.same(agent, {
    name: 'otel',
    require: [`${modules}/dual/main.cjs`, `${caller}/agents/a.cjs`, `${caller}/agents/b.mjs`],
    import: [
      pathToFileURL(`${modules}/dual/main.mjs`).href,
      pathToFileURL(`${modules}/dual/main.mjs`).href,
      pathToFileURL(`${caller}/agents/b.mjs`).href,
      'data:text/javascript,1',
    ],
    env: { A: '1', B: undefined },
    nodeArgs: ['--trace-warnings'],
    command: [`${caller}/launchers/run`, '--profile', 'a b'],
    sidecar: null,
    requires: [],
    preset: null,
    package: { name: 'dual', version: '1.2.3', root: `${modules}/dual` },
    tree: [],
  })
  t.same(one({ name: 'd', require: './agents/nested/d' }).require, [`${caller}/agents/nested/d.js`])
  t.match(
    failure([{ name: 'a', require: './agents/a' }]),
    { code: 'ERR_AGENT_NOT_FOUND' },
    'require() of Node does not try .cjs',
  )
  t.same(one({ name: 'preload', env: { LD_PRELOAD: '/opt/agent.so' } }).env, { LD_PRELOAD: '/opt/agent.so' })
  t.same(one({ name: 'unset', env: { LD_PRELOAD: undefined } }).env, { LD_PRELOAD: undefined })
  t.same(one({ name: 'dd', require: 'dd-trace' }).require, [`${modules}/dd-trace/index.js`], 'own fields win')
  t.match(one({ name: 'sh', command: 'sh' }).command, [/^\/.*\/sh$/])
})

t.test('what is missing', async t => {
  t.same(failure(['./agents/missing.cjs']), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: `agent './agents/missing.cjs': there is no file ${caller}/agents/missing.cjs nor ${app}/agents/missing.cjs`,
  })
  t.match(
    failure([{ name: 'a', import: './agents/a' }]),
    { code: 'ERR_AGENT_NOT_FOUND' },
    'import needs the extension',
  )
  const missing = failure(['some-agent'])
  t.equal(missing.code, 'ERR_AGENT_PACKAGE_MISSING')
  t.match(
    missing.message,
    /^agent 'some-agent': the package some-agent is not installed where the application finds it/,
  )
  t.ok(missing.message.includes(`looked in ${app}/node_modules, `))
  t.ok(missing.message.includes(`'npm install --prefix ${app} some-agent'`))
  const slip = failure(['newrelik'])
  t.match(slip.message, /newrelik is not installed .* and above\. Did you mean newrelic\?$/)
  t.match(failure(['skywalking-backend-js']).message, /npm install/, 'one that is known is not installed')
  t.notMatch(failure(['@sentry/nod-profiling']).message, /Did you mean/, 'what is far from all')
  t.match(failure([{ name: 'a', import: '@scope/some-agent/register' }]), {
    code: 'ERR_AGENT_PACKAGE_MISSING',
    message: /the package @scope\/some-agent is not installed/,
  })
  t.same(failure(['dd-trace/missing']), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: `agent 'dd-trace/missing': dd-trace 5.20.0 is installed in ${modules}/dd-trace but has no 'dd-trace/missing' for require`,
  })
  t.match(failure([{ name: 'a', require: 'dual/only-import' }]), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: /has no 'dual\/only-import' for require/,
  })
  t.match(failure([{ name: 'a', import: 'dual/nothing' }]), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: /for import/,
  })
  t.match(failure(['fs']), { code: 'ERR_AGENT_NOT_FOUND', message: /'fs' is a part of Node/ })
  t.match(failure([{ name: 'a', require: 'fs' }]), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: /'fs' is a part of Node/,
  })
  t.match(failure([{ name: 'a', require: '!' }]), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: /neither a path nor/,
  })
  t.match(failure(['file://elsewhere/agent.cjs']), { code: 'ERR_AGENT_NOT_FOUND' })
  t.match(failure([{ name: 'a', command: 'missing-launcher' }]), {
    code: 'ERR_AGENT_NOT_FOUND',
    message: "agent 'a': the launcher 'missing-launcher' is neither an executable file nor on the PATH",
  })
  t.match(failure([{ name: 'a', command: 'sh -c' }]).message, /give a launcher with arguments as an array/)
  t.match(
    failure([{ name: 'a', command: './agents/a.cjs' }]),
    { code: 'ERR_AGENT_NOT_FOUND' },
    'not executable',
  )
})

t.test('what is wrong', async t => {
  for (const [agents, message] of [
    [undefined, /agents must be an array \(an empty one to judge the application alone\), got undefined/],
    ['newrelic', /agents must be an array.*got 'newrelic'/],
    [[5], /agents\[0\] must be a string or an object/],
    [[''], /agents\[0\] must not be empty/],
    [[{}], /agents\[0\]\.name must be a string, got undefined/],
    [[{ name: ' ' }], /agents\[0\]\.name must not be empty/],
    [[{ name: 'a' }], /agent 'a' sets nothing/],
    [[{ name: 'newrelic' }], /sets nothing.*did you mean preset: 'newrelic'\?/],
    [[{ name: 'a', preset: 'new-relic' }], /agent 'a': preset must be .*'newrelic'.*got 'new-relic'/],
    [[{ name: 'a', require: [], env: {}, requires: [] }], /agent 'a' sets nothing/],
    [[{ name: 'application', env: { A: '1' } }], /'application' is the name of the program under test/],
    [[{ name: 'a', requires: 'b', env: { A: '1' } }], /requires must be an array of strings, got 'b'/],
    [[{ name: 'a', beside: ['b@1'], env: { A: '1' } }], /agent 'a': beside needs the package/],
    [[{ name: 'a', package: 'b@1', beside: 'c' }], /agent 'a': beside must be an array of strings, got 'c'/],
    [[{ name: 'a', require: 5 }], /agent 'a': require must be a string, got 5/],
    [[{ name: 'a', import: [null] }], /import\[0\] must be a string, got null/],
    [
      [{ name: 'a', env: { A: 5 } }],
      /env\.A must be a string, or undefined to unset the variable, got a value of type number/,
    ],
    [[{ name: 'a', env: { 'A=B': '' } }], /a variable named 'A=B'/],
    [[{ name: 'a', env: [] }], /env must be an object, got an array/],
    [[{ name: 'a', nodeArgs: '--x' }], /nodeArgs must be an array of strings/],
    [[{ name: 'a', nodeArgs: ['agent.js'] }], /begins with 'agent.js', which Node would run instead/],
    [[{ name: 'a', nodeArgs: ['--eval=1'] }], /must not contain '--eval'/],
    [[{ name: 'a', command: [] }], /command must name a launcher/],
    [[{ name: 'a', requre: 'x' }], /agent 'a' has no option named 'requre': did you mean require\?/],
  ] as const) {
    const error = failure(agents)
    t.equal(error.code, 'ERR_OPTION_INVALID', error.message)
    t.match(error.message, message)
  }
  t.same(failure(['dd-trace', 'dd-trace']), {
    code: 'ERR_AGENT_DUPLICATE',
    message: "agent 'dd-trace': there are two of this name; a report could not tell them apart",
  })
})

t.test('sidecars', async t => {
  const sidecar = (given: unknown): ResolvedAgent['sidecar'] => one({ name: 'a', sidecar: given }).sidecar
  t.same(sidecar({ command: process.execPath }), {
    command: [process.execPath],
    cwd: app,
    env: {},
    ready: { kind: 'spawned' },
  })
  t.match(sidecar({ command: ['./launchers/run', '-d'], args: ['x'], cwd: './launchers', ready: /up/g }), {
    command: [`${caller}/launchers/run`, '-d', 'x'],
    cwd: `${caller}/launchers`,
    ready: { kind: 'output', source: 'up', flags: '' },
  })
  t.match(sidecar({ command: 'run', env: { PATH: `${caller}/launchers` }, ready: { port: 80 } }), {
    command: [`${caller}/launchers/run`],
    ready: { kind: 'port', port: 80, host: '127.0.0.1' },
  })
  const agent = { name: 'a', env: { A: '1', B: 'x', C: '2', NODE_OPTIONS: '-r x', LD_PRELOAD: '/x.so' } }
  const own = { env: { B: undefined, C: '3', D: '4' } }
  const attached = one({ ...agent, sidecar: { command: process.execPath, ...own } })
  t.same(
    launchSpecFor(entry, [attached], { HOME: '/home', B: 'y' }).sidecars,
    [
      {
        agent: 'a',
        command: [process.execPath],
        cwd: app,
        env: { HOME: '/home', A: '1', C: '3', D: '4' },
        ready: { kind: 'spawned' },
      },
    ],
    "the agent's variables but for its preloads, then its own",
  )
  for (const [given, message] of [
    [{}, /sidecar\.command must be an array of strings/],
    [{ command: '' }, /it is empty/],
    [{ command: process.execPath, cwd: './none' }, /cwd must be an existing folder/],
    [{ command: process.execPath, ready: 'listening' }, /ready must be 'spawned', a RegExp/],
    [{ command: process.execPath, ready: { port: 0 } }, /ready\.port must be a whole number/],
    [{ command: process.execPath, restart: true }, /no option named 'restart'/],
  ] as const) {
    const error = failure([{ name: 'a', sidecar: given }])
    t.equal(error.code, 'ERR_OPTION_INVALID', error.message)
    t.match(error.message, message)
  }
  t.match(failure([{ name: 'a', sidecar: { command: 'no-such-daemon -d' } }]), {
    code: 'ERR_SIDECAR_NOT_FOUND',
    message: /agent 'a': its sidecar 'no-such-daemon -d' .* give a command with arguments as an array/,
  })
})

t.test('requires', async t => {
  const agent = (name: string, ...requires: string[]): unknown => ({ name, env: { [name]: '1' }, requires })
  t.same(failure([agent('a', 'b'), agent('c')]), {
    code: 'ERR_AGENT_REQUIRES',
    message: "agent 'a': it requires 'b', which is not among the agents (a, c)",
  })
  t.match(failure([agent('a', 'a')]), { code: 'ERR_AGENT_REQUIRES', message: /it requires itself: a → a/ })
  t.match(failure([agent('x', 'a'), agent('a', 'b'), agent('b', 'c'), agent('c', 'a')]), {
    code: 'ERR_AGENT_REQUIRES',
    message: /it requires itself: a → b → c → a/,
  })
  const { agents } = resolve([agent('a', 'c'), agent('b'), agent('c', 'd'), agent('d'), agent('e', 'c', 'd')])
  const armed = (...names: string[]): string[] => armAgents(agents, names).map(({ name }) => name)
  t.same(armed(), [])
  t.same(armed('b'), ['b'])
  t.same(armed('a'), ['a', 'c', 'd'])
  t.same(armed('e', 'b'), ['b', 'c', 'd', 'e'], 'in the order of the call')
})

t.test('engines', async t => {
  const { warnings } = resolve(['narrow', 'dd-trace', 'odd', 'newrelic'])
  t.same(warnings, [
    {
      code: 'AGENT_ENGINE',
      message: "agent 'narrow': narrow 1.2.3 asks for Node >=99; the application runs on 20.20.2",
      downgrades: false,
      agents: ['narrow'],
    },
  ])
  t.same(resolve(['dd-trace'], { nodeVersion: '18.0.0' }).warnings, [])
  t.match(resolve(['dd-trace'], { nodeVersion: '16.20.2' }).warnings, [{ code: 'AGENT_ENGINE' }])
})

t.test('--import needs a Node that has it', async t => {
  const agent = { name: 'a', import: './agents/b.mjs' }
  for (const nodeVersion of ['18.18.0', '19.0.0', '20.0.0-rc.1', '26.10.0']) {
    t.doesNotThrow(() => resolve([agent, './agents/b.mjs'], { nodeVersion }))
  }
  for (const nodeVersion of ['16.20.2', '18.17.1']) {
    for (const one of [agent, './agents/b.mjs']) {
      t.match(failure([one], { nodeVersion }), {
        code: 'ERR_AGENT_ENGINE',
        message: /it is attached with --import, which Node 1.\.\d+\.\d does not have/,
      })
    }
  }
})

t.test('launchSpecFor', async t => {
  const { agents } = resolve([
    {
      name: 'a',
      require: ['dual', './agents/a.cjs'],
      import: 'dual',
      nodeArgs: ['--a'],
      env: { X: 'a', GONE: undefined },
    },
    {
      name: 'b',
      require: 'newrelic',
      preset: null,
      nodeArgs: ['--b', '1'],
      env: { X: 'b', LD_PRELOAD: '/opt/a/$LIB/liba.so:libb.so' },
      command: ['sh', '-x'],
    },
    { name: 'c', import: 'data:text/javascript,1', command: './launchers/run' },
  ])
  const withArgs = {
    ...entry,
    nodeArgs: ['--import', 'tsx'],
    env: { ENTRY: '1', HOME: undefined },
    stdin: 'in',
  }
  const base = { HOME: '/home', GONE: 'x', KEPT: '1', PORT: '3000' }
  const spec = launchSpecFor(withArgs, agents, base)
  const main = pathToFileURL(`${modules}/dual/main.mjs`).href
  t.same(spec, {
    command: [...(agents[1]?.command ?? []), `${caller}/launchers/run`],
    nodePath: '/usr/bin/node',
    nodeArgs: [
      ...['--import', 'tsx', '--a', '--b', '1'],
      ...['--require', `${modules}/dual/main.cjs`, '--require', `${caller}/agents/a.cjs`],
      ...['--require', `${modules}/newrelic/lib/index.js`],
      ...['--import', main, '--import', 'data:text/javascript,1'],
    ],
    file: `${app}/server.js`,
    args: ['--fast'],
    cwd: app,
    env: { KEPT: '1', PORT: '0', ENTRY: '1', X: 'b', LD_PRELOAD: '/opt/a/$LIB/liba.so:libb.so' },
    stdin: 'in',
    preloads: [
      { kind: 'require', file: `${modules}/dual/main.cjs` },
      { kind: 'require', file: `${caller}/agents/a.cjs` },
      { kind: 'require', file: `${modules}/newrelic/lib/index.js` },
      { kind: 'import', file: main },
      { kind: 'import', file: 'data:text/javascript,1' },
    ],
    port: null,
    isCommand: false,
    collectors: [],
    sidecars: [],
    agentLibraries: ['/opt/a/$LIB/liba.so', 'libb.so'],
    agentPaths: [
      `${modules}/dual`,
      `${modules}/dual/main.cjs`,
      `${caller}/agents/a.cjs`,
      `${modules}/dual/main.mjs`,
      `${modules}/newrelic`,
      `${modules}/newrelic/lib/index.js`,
    ],
  })
  const ofTheApplication = { name: 'own', version: '1.0.0', root: app }
  const own = {
    ...(agents[0] as ResolvedAgent),
    package: ofTheApplication,
    require: [`${app}/own.cjs`],
    import: [],
  }
  t.same(
    launchSpecFor(entry, [own], base).agentPaths,
    [`${app}/own.cjs`],
    "a file of the application does not make all of the application an agent's",
  )
  const options = (name: string, NODE_OPTIONS: string | undefined): ResolvedAgent => ({
    ...own,
    name,
    env: { NODE_OPTIONS },
  })
  const limited = { ...entry, env: { NODE_OPTIONS: '--max-old-space-size=512' } }
  t.equal(
    launchSpecFor(limited, [options('a', '--require a'), options('b', '--require b')], base).env.NODE_OPTIONS,
    '--max-old-space-size=512 --require a --require b',
  )
  t.equal(launchSpecFor(limited, [options('a', undefined)], base).env.NODE_OPTIONS, undefined)
  const baseline = launchSpecFor(entry, [], base)
  t.same(baseline.env, { ...base, PORT: '0' })
  t.same([baseline.command, baseline.nodeArgs, baseline.agentPaths], [[], [], []])
  t.equal(launchSpecFor({ ...entry, env: { PORT: '8080' } }, [], base).env.PORT, '8080')
  t.notOk('PORT' in launchSpecFor({ ...entry, env: { PORT: undefined } }, [], base).env)
  t.equal(launchSpecFor(entry, resolve([{ name: 'p', env: { PORT: '1' } }]).agents, base).env.PORT, '1')
})

t.test('presets: settings, and what wins over them', async t => {
  const spec = (agents: unknown, more: Partial<ResolvedEntry> = {}): ReturnType<typeof launchSpecFor> => {
    const changed = { ...entry, ...more }
    return launchSpecFor(changed, resolve(agents, more).agents, { NEW_RELIC_APP_NAME: 'inherited' })
  }
  const plain = spec(['newrelic'])
  t.match(plain.env, { NEW_RELIC_NO_CONFIG_FILE: 'true', NEW_RELIC_APP_NAME: 'isolate-leak', PORT: '0' })
  t.notOk('NEW_RELIC_PORT' in plain.env, 'not known before the collector is open')
  t.match(plain.collectors, [
    {
      agent: 'newrelic',
      elsewhere: false,
      proof: { protocol: 'newrelic', entries: true },
      env: { NEW_RELIC_PORT: '{collector.port}', NODE_EXTRA_CA_CERTS: '{collector.ca}' },
    },
  ])
  const named = (env: Record<string, string>): unknown => [{ name: 'nr', preset: 'newrelic', env }]
  t.equal(spec(named({ NEW_RELIC_APP_NAME: 'shop' })).env['NEW_RELIC_APP_NAME'], 'shop', "the agent's own")
  const byEntry = spec(['newrelic'], { env: { NEW_RELIC_APP_NAME: 'shop' } })
  t.equal(byEntry.env['NEW_RELIC_APP_NAME'], 'shop', "the entry's")
  t.match(byEntry.collectors, [{ elsewhere: false }])

  const own = spec(named({ NEW_RELIC_HOST: 'collector.internal' }))
  t.match(own.collectors, [{ agent: 'nr', elsewhere: true }])
  t.equal(own.env['NEW_RELIC_HOST'], 'collector.internal')
  t.match(spec(['newrelic'], { env: { NEW_RELIC_HOST: 'x' } }).collectors, [{ elsewhere: true }])
  t.match(spec(named({ NODE_EXTRA_CA_CERTS: '/etc/ca.pem' })).collectors, [{ elsewhere: false }])

  const hand = spec([{ name: 'log', require: './agents/a.cjs', env: { LOG: '{collector}/logs', A: '{x}' } }])
  t.same(hand.collectors, [{ agent: 'log', elsewhere: false, proof: null, env: { LOG: '{collector}/logs' } }])
  t.equal(hand.env['A'], '{x}')
  t.same(spec([{ name: 'dd', require: 'dd-trace', preset: null }]).collectors, [], 'none is wanted')
  t.match(one({ name: 'dd', require: 'dd-trace' }).preset, { package: 'dd-trace' }, 'that of its package')
  t.match(one({ name: 'host', preset: 'oneagent', env: { LD_PRELOAD: '/opt/one.so' } }), {
    preset: { package: 'oneagent' },
    require: [],
  })
})

t.test('versions that were installed', async t => {
  const other = t.testdir({
    node_modules: {
      'dd-trace': {
        'package.json': pkg('dd-trace', { version: '4.21.0' }),
        'index.js': '',
        'init.js': '',
      },
      plain: { 'package.json': pkg('plain'), 'index.js': '' },
    },
  })
  const install = (name: string, version: string): InstalledAgent => ({
    prefix: other,
    package: { name, version, root: `${other}/node_modules/${name}`, engine: null },
    tree: [{ name, version }],
  })
  const installs = new Map([
    ['dd-trace@4.21.0', install('dd-trace', '4.21.0')],
    ['plain@1', install('plain', '1.2.3')],
  ])
  const { agents } = resolveAgents(
    [
      'dd-trace@4.21.0',
      { name: 'by hand', package: 'dd-trace@4.21.0', require: 'dd-trace', env: { DD_A: '1' } },
      { name: 'bare', package: 'plain@1' },
      { name: 'nothing known', package: 'dd-trace@4.21.0', preset: null },
    ],
    entry,
    caller,
    installs,
  )
  const root = `${other}/node_modules/dd-trace`
  t.match(agents, [
    {
      name: 'dd-trace@4.21.0',
      require: [`${root}/init.js`],
      preset: { package: 'dd-trace' },
      package: { name: 'dd-trace', version: '4.21.0', root },
      tree: [{ name: 'dd-trace', version: '4.21.0' }],
    },
    { name: 'by hand', require: [`${root}/index.js`], env: { DD_A: '1' }, preset: { package: 'dd-trace' } },
    { name: 'bare', require: [`${other}/node_modules/plain/index.js`], preset: null },
    { name: 'nothing known', require: [`${root}/index.js`], preset: null },
  ])
})

t.test('placeholders', async t => {
  const at = { port: 4318, certificateFile: '/tmp/ca.pem' }
  for (const [value, filled] of [
    ['{collector}/v1', 'http://127.0.0.1:4318/v1'],
    ['{collector.https}', 'https://127.0.0.1:4318'],
    ['key@{collector.host}:{collector.port}', 'key@127.0.0.1:4318'],
    ['{collector.ca}', '/tmp/ca.pem'],
    ['{collector.other} {other}', '{collector.other} {other}'],
  ] as const) {
    t.equal(fillPlaceholders(value, at), filled)
  }
  t.ok(hasPlaceholder('{collector.ca}'))
  t.notOk(hasPlaceholder('{collectors}'))
  t.ok(hasAddress('x{collector.port}'))
  t.notOk(hasAddress('{collector.ca}'), 'a certificate tells no address')
  t.notOk(hasAddress(undefined))
})

t.test('two agents that report through the same variable cannot be on together', async t => {
  const { agents } = resolve(['@splunk/otel', '@opentelemetry/auto-instrumentations-node'])
  t.match(findConflict(agents), /are both told by OTEL_EXPORTER_OTLP_ENDPOINT where to report/)
  t.equal(findConflict(resolve(['dd-trace', 'newrelic']).agents), null)
})
