import { http, isolateInstrumentation } from 'isolate-leak'
import t from 'tap'
import { startRegistry } from '../agents/packages/support/registry.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const onRequest = JSON.stringify(projectPath('test', 'fixtures', 'seeded', 'on-request.cjs'))

/** Has hooks as dd-trace has, of which that of http keeps every request unless it is switched off as that of dd-trace is. */
const madeUpTracer = {
  'package.json': JSON.stringify({ name: 'dd-trace', version: '5.1.0' }),
  'init.js': `const off = (process.env.DD_TRACE_DISABLED_INSTRUMENTATIONS ?? '').split(',')
if (!off.includes('http')) {
  const kept = []
  require(${onRequest})((request, response, count) => {
    kept.push({ count, path: request.url, timings: new Array(256).fill(count) })
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
}

const root = t.testdir({
  ...{ cache: {}, npm: {} },
  tracer: madeUpTracer,
})
process.env.ISOLATE_LEAK_CACHE = `${root}/cache`
process.env.npm_config_cache = `${root}/npm`
// Nothing is to be asked of another one.
const registry = await startRegistry()
process.env.npm_config_registry = registry.url
t.teardown(async () => registry.close())

t.test(
  'the instrumentation that leaks is found, beside one that does not, and how to switch it off',
  async t => {
    const report = await isolateInstrumentation({
      agent: { name: 'tracer', package: `${root}/tracer`, preset: 'dd-trace' },
      entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
      workload: http(),
      ...{ operations: 640, threshold: 512, retentionMs: 200, seed: 1, evidence: 'none' },
      ...quickTiming,
    })
    t.match(
      report,
      {
        ...{ verdict: 'leak', agent: 'dd-trace', version: '5.1.0', instrumentations: ['http'] },
        setting: { DD_TRACE_DISABLED_INSTRUMENTATIONS: 'http' },
        ...{ tried: ['http', 'net'], notLoaded: ['pg'] },
      },
      String(report),
    )
  },
)
