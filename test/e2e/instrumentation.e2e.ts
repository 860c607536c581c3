import { http, isolateInstrumentation, type InstrumentationReport } from 'isolate-leak'
import t from 'tap'
import { startRegistry } from '../packages/support/registry.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const onRequest = JSON.stringify(projectPath('test', 'fixtures', 'seeded', 'on-request.cjs'))

/** Has hooks as dd-trace has, of which that of http keeps so many requests unless it is switched off as that of dd-trace is. */
const madeUpTracer = (version: string, requests: number) => ({
  'package.json': JSON.stringify({ name: 'dd-trace', version }),
  'init.js': `const off = (process.env.DD_TRACE_DISABLED_INSTRUMENTATIONS ?? '').split(',')
if (!off.includes('http')) {
  const kept = []
  require(${onRequest})((request, response, count) => {
    kept.push({ count, path: request.url, timings: new Array(256).fill(count) })
    if (kept.length > ${String(requests)}) kept.shift()
  })
}`,
  packages: {
    'datadog-instrumentations': {
      src: {
        helpers: {
          'hooks.js': `module.exports = {
  http: () => require('../http'),
  net: () => require('../net'),
  'pg': () => require('../pg'),
}`,
        },
      },
    },
  },
})

const root = t.testdir({
  ...{ cache: {}, npm: {} },
  leaky: madeUpTracer('5.1.0', 1e9),
  fixed: madeUpTracer('5.1.1', 50),
})
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`
// Nothing is to be asked of another one.
const registry = await startRegistry()
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

const ask = (folder: string): Promise<InstrumentationReport> =>
  isolateInstrumentation({
    agent: { name: 'tracer', package: `${root}/${folder}`, preset: 'dd-trace' },
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    workload: http(),
    ...{ operations: 640, threshold: 512, retentionMs: 200, seed: 1, evidence: 'none' },
    ...quickTiming,
  })

t.test('the instrumentation that leaks is found among those loaded, and how to switch it off', async t => {
  const report = await ask('leaky')
  t.match(
    report,
    {
      ...{ verdict: 'leak', agent: 'dd-trace', version: '5.1.0', instrumentations: ['http'] },
      setting: { DD_TRACE_DISABLED_INSTRUMENTATIONS: 'http' },
      ...{ tried: ['http', 'net'], notLoaded: ['pg'] },
    },
    String(report),
  )
})

t.test('none is, in the version that fixed it', async t => {
  const report = await ask('fixed')
  t.match(report, { verdict: 'clean', instrumentations: [], setting: {}, code: null }, String(report))
})
