import { existsSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ListeningServer, Loaded } from '../../lib/probe/protocol.cjs'
import { launch, type Launched } from './support/launch.js'

/** Asks until the answer is as expected; the test's own time-out ends it otherwise. */
async function until<T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (enough(answer)) return answer
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const started = (application: Launched): Promise<unknown> =>
  until(
    () => application.ask<{ started: boolean }>({ method: 'running' }),
    answer => answer.started,
  )
const loaded = (application: Launched): Promise<Loaded> => application.ask({ method: 'loaded' })
const servers = (application: Launched, count: number): Promise<ListeningServer[]> =>
  until(
    () => application.ask<ListeningServer[]>({ method: 'servers' }),
    found => found.length >= count,
  )

const agentFiles = {
  'node_modules/dd-trace/package.json': '{ "name": "dd-trace", "version": "5.20.0" }',
  'node_modules/dd-trace/init.js': 'require("./lib/index.js")',
  'node_modules/dd-trace/lib/index.js': 'setInterval(() => undefined, 1e6)',
  'node_modules/@opentelemetry/instrumentation-http/package.json':
    '{ "name": "@opentelemetry/instrumentation-http", "version": "0.46.0" }',
  'node_modules/@opentelemetry/instrumentation-http/build/package.json': '{ "type": "commonjs" }',
  'node_modules/@opentelemetry/instrumentation-http/build/index.js': '',
  'node_modules/plain/package.json': '{ "name": "plain", "version": "1.0.0", "main": "index.js" }',
  'node_modules/plain/index.js': '',
  'foreign.cjs': '',
}

t.test('what was loaded into a CommonJS application', async t => {
  const application = await launch(
    'require("plain"); require("./node_modules/@opentelemetry/instrumentation-http/build/index.js"); require("./again.cjs")',
    {
      files: {
        ...agentFiles,
        'again.cjs': 'require("./node_modules/@opentelemetry/instrumentation-http/build/index.js")',
      },
      nodeArgs: ['--require', './foreign.cjs', '--require', 'dd-trace/init'],
      env: { NODE_OPTIONS: '--no-deprecation' },
    },
  )
  t.teardown(application.end)
  await started(application)

  const found = await loaded(application)
  const inFolder = (name: string) => join(application.folder, name)
  t.strictSame(found.execArgv, ['--require', './foreign.cjs', '--require', 'dd-trace/init'])
  t.match(found.nodeOptions, /^--require ".*preload\.cjs" --no-deprecation$/)
  t.strictSame(
    found.preloaded,
    ['foreign.cjs', 'node_modules/dd-trace/init.js', 'node_modules/dd-trace/lib/index.js'].map(inFolder),
  )
  t.strictSame(found.agents, [
    { name: 'dd-trace', version: '5.20.0', path: inFolder('node_modules/dd-trace') },
    {
      name: '@opentelemetry/instrumentation-http',
      version: '0.46.0',
      path: inFolder('node_modules/@opentelemetry/instrumentation-http'),
      requiredBy: inFolder('entry.cjs'),
    },
  ])
  t.strictSame(found.libraries, [])
  t.match(found, { nodeVersion: (await application.hello).nodeVersion, injected: [] })
})

t.test('what was loaded into an ECMAScript application', async t => {
  const application = await launch(
    'import "plain"; import "@sentry/node"; setInterval(() => undefined, 1e6)',
    {
      extension: 'mjs',
      files: {
        ...agentFiles,
        'node_modules/@sentry/node/package.json':
          '{ "name": "@sentry/node", "version": "9.1.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
        'node_modules/@sentry/node/index.mjs': 'globalThis.__SENTRY__ = { version: "9.1.0" }',
        'node_modules/@sentry/node/index.cjs': '',
      },
      nodeArgs: ['--require', './foreign.cjs'],
    },
  )
  t.teardown(application.end)
  await started(application)
  const found = await loaded(application)
  t.strictSame(found.preloaded, [join(application.folder, 'foreign.cjs')])
  t.strictSame(found.agents, [
    { name: '@sentry/node', version: '9.1.0', path: join(application.folder, 'node_modules/@sentry/node') },
  ])
})

t.test('OpenTelemetry that is bundled into the application is seen by its global registry', async t => {
  const registered = async (registry: string, more = ''): Promise<Loaded['agents']> => {
    const key = "Symbol.for('opentelemetry.js.api.1')"
    const application = await launch(
      `globalThis[${key}] = ${registry}; ${more} setInterval(() => undefined, 1e6)`,
      {
        files: {
          'node_modules/@splunk/otel/package.json': '{ "name": "@splunk/otel", "version": "4.3.0" }',
          'node_modules/@splunk/otel/index.js': '',
        },
      },
    )
    t.teardown(application.end)
    await started(application)
    return (await loaded(application)).agents
  }
  t.strictSame(await registered("{ version: '1.9.0', trace: { getTracer() {} } }"), [
    { name: '@opentelemetry/api', version: '1.9.0', path: '' },
  ])
  t.strictSame(await registered("{ version: '1.9.0', diag: {} }"), [], 'the API alone traces nothing')
  t.match(
    await registered("{ version: '1.9.0', trace: {} }", 'require("@splunk/otel");'),
    [{ name: '@splunk/otel' }],
    'an agent that fills it is the one that is named',
  )
})

t.test('injected libraries', async t => {
  const library = /\S*\/lib(?:dl|m)[-.]\S*so\S*/.exec(await readFile('/proc/self/maps', 'utf8'))?.[0]
  const source = await launch('')
  t.teardown(source.end)
  const injected = join(source.folder, 'libagentproc.so')
  await copyFile(library ?? '', injected)

  const application = await launch('setInterval(() => undefined, 1e6)', { env: { LD_PRELOAD: injected } })
  t.teardown(application.end)
  const found = await loaded(application)
  t.strictSame(found.injected, [injected])
  t.strictSame(found.libraries, [injected])
})

t.test('servers that listen, with the files that made them', async t => {
  const application = await launch(
    `
    const net = require('node:net')
    Error.prepareStackTrace = undefined
    Error.stackTraceLimit = 3
    net.createServer().listen(__dirname + '/application.sock')
    require('./agent.cjs')()
    const server = require('node:http').createServer((request, response) => response.end('hello'))
    const result = server.listen({ port: 0, host: 'localhost' }, () => {
      require('node:https').createServer().listen(0, '127.0.0.1')
    })
    const same = result === server && Error.prepareStackTrace === undefined && Error.stackTraceLimit === 3
    process.stdout.write('same ' + (same && 'prepareStackTrace' in Error) + '\\n')
    for (let count = 0; count < 50; count++) net.createServer().listen(0).close()`,
    { files: { 'agent.cjs': 'module.exports = () => require("node:net").createServer().listen(0)' } },
  )
  t.teardown(application.end)

  const [onFile, ...found] = await servers(application, 4)
  t.equal(await application.line('same'), 'same true')
  t.match(onFile, { port: 0, path: join(application.folder, 'application.sock'), protocol: 'tcp' })
  t.strictSame(
    found.map(server => server.protocol),
    ['tcp', 'http', 'https'],
  )
  const entry = join(application.folder, 'entry.cjs')
  t.strictSame(found[0]?.callers.slice(0, 2), [join(application.folder, 'agent.cjs'), entry])
  t.equal(found[1]?.callers[0], entry)
  t.ok(
    found[1]?.callers.slice(1).every(file => file.startsWith('node:')),
    'then only Node',
  )
  t.equal(await (await fetch(`http://localhost:${found[1]?.port}/`)).text(), 'hello')
  t.equal(found[2]?.address, '127.0.0.1')
})

t.test('servers of ECMAScript applications and of a cluster', async t => {
  const application = await launch(
    `
    import cluster from 'node:cluster'
    import http from 'node:http'
    if (cluster.isPrimary) {
      for (const host of ['', '127.0.0.1']) cluster.fork({ HOST: host })
      await new Promise(resolve => setTimeout(resolve, 10))
      http.createServer().listen(0)
    } else http.createServer((request, response) => response.end('from a worker')).listen(0, process.env.HOST || undefined)`,
    { extension: 'mjs' },
  )
  t.teardown(application.end)
  const found = await servers(application, 3)
  const own = found.find(server => server.protocol === 'http')
  t.equal(own?.callers[0], join(application.folder, 'entry.mjs'), 'a path, not a URL')
  const shared = found.filter(server => server.protocol === 'tcp')
  t.equal(shared.length, 2)
  for (const { port } of shared) {
    t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'from a worker')
  }
})

t.test('whether the application has started', async t => {
  const blocking = await launch(
    'const fs = require("node:fs"); fs.writeSync(1, "busy\\n"); while (!fs.existsSync("enough")) continue; setInterval(() => undefined, 1e6)',
  )
  t.teardown(blocking.end)
  await blocking.line('busy')
  t.strictSame(await blocking.ask({ method: 'running' }), { started: false })
  await copyFile(join(blocking.folder, 'entry.cjs'), join(blocking.folder, 'enough'))
  await started(blocking)

  // The loop turns while each of these waits for what comes before the entry's own code.
  const slow = 'await new Promise(resolve => setTimeout(resolve, 300))'
  const write = 'fs.writeFileSync("over", ""); setInterval(() => undefined, 1e6)'
  const late = [
    ['mjs', `import fs from 'node:fs'; import './slow.mjs'; ${write}`, []],
    ['mjs', `import fs from 'node:fs'; ${write}`, ['--import', './slow.mjs']],
    ['cjs', `const fs = require('node:fs'); ${write}`, ['--import', './slow.mjs']],
  ] as const
  for (const [extension, source, nodeArgs] of late) {
    if (nodeArgs.length > 0 && (await blocking.hello).nodeVersion.startsWith('16.')) continue
    const loading = await launch(source, { extension, nodeArgs, files: { 'slow.mjs': slow } })
    t.teardown(loading.end)
    await started(loading)
    t.ok(existsSync(join(loading.folder, 'over')), `the entry has run: ${source}`)
  }

  const awaiting = await launch(
    'process.stdout.write("up\\n"); setInterval(() => undefined, 1e6); await new Promise(() => undefined)',
    {
      extension: 'mjs',
    },
  )
  t.teardown(awaiting.end)
  await started(awaiting)
  await awaiting.line('up')
})
