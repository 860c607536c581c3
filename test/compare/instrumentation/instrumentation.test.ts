import t from 'tap'
import { launchedAgents } from '../../../lib/trial/launch-spec.js'
import { decisionSettings } from '../../../lib/options/decision-settings.js'
import {
  createInstrumentationReport,
  instrumentationText,
} from '../../../lib/compare/instrumentation/instrumentation-text.js'
import {
  isolateInstrumentation,
  loadedInstrumentations,
  carrierOf,
  instrumentationAgent,
  together,
} from '../../../lib/compare/instrumentation/isolate-instrumentation.js'
import type { InstrumentationReport } from '../../../lib/compare/instrumentation/types.js'
import { createReport } from '../../../lib/report/create-report.js'
import { reportOf } from '../../report/support/report-of.js'
import { resolvedAgent, resolvedOptions } from '../../report/support/resolved-options.js'
import { flat } from '../../report/support/sample-reports.js'
import { simulatedRun } from '../../support/simulated-trial.js'

const environment = {
  ...{ isolateLeak: '0.1.0', node: '20.20.2', v8: '11.3', platform: 'linux', arch: 'x64', release: '6' },
  ...{ cpus: 2, memoryBytes: 8e9 },
}
const names = ['dns', 'express', 'fs', 'http', 'net', 'pino']
const switches = {
  list: () => names.map(name => ({ name, packages: [name] })),
  off: (off: readonly string[]) => ({ APM_OFF: off.join(',') }),
}
const apm = resolvedAgent('apm', {
  preset: {
    package: 'apm',
    env: {},
    holdsBytes: null,
    flush: 'spans every 0.5 s',
    proof: { protocol: 'otlp', entries: true },
  },
})

/** The answer where a set of instrumentations leaks when all of it is on. */
const answer = (leaking: readonly string[] | null, ownGrowth = 0, code?: string): InstrumentationReport => {
  const carrier = carrierOf(apm, switches)
  const agents = names.map(instrumentationAgent)
  const options = { ...resolvedOptions({ agents }), strategy: 'halving' as const, carrier }
  const settings = { ...decisionSettings(options), seed: 1 }
  const { decision, trials } = simulatedRun(settings, ({ id, agents: on }) => {
    const leaks = leaking?.every(name => on.includes(name)) === true
    const slope = ownGrowth + (leaks ? 900 : 0) + 0.5 * Math.sin(id * 12.9898)
    return { curves: { heap: after => slope * after } }
  })
  const parts = { options, decision, trials, environment, startedAt: new Date(0), totalMs: 1000 }
  return createInstrumentationReport({
    ...{ agent: 'apm', version: '1.0.0', tried: names, notLoaded: ['pg', 'redis'] },
    report: createReport(reportOf(parts)),
    off: carrier.off,
    code: () => code,
  })
}

t.test('the one that leaks is named with the setting against it; none where none does', async t => {
  const found = answer(['http'])
  t.match(found, { verdict: 'leak', instrumentations: ['http'], setting: { APM_OFF: 'http' }, code: null })
  const text = flat(String(found))
  t.match(text, /^LEAK: instrumentation http of apm 1\.0\.0 adds 900 B of heap per operation/)
  t.match(text, /To switch it off, set for the application: APM_OFF=http/)
  t.match(text, /Switched on and off: dns, express, fs, http, net and pino\. 2 others stayed on/)
  t.match(text, /agent apm 1\.0\.0, on in every trial/)
  t.match(text, /apm: spans every 0\.5 s/)

  const harmless = answer(null)
  t.match(harmless, { verdict: 'clean', instrumentations: [], setting: {}, code: null })
  t.match(flat(instrumentationText(harmless)), /^CLEAN: no instrumentation of apm 1\.0\.0 leaks\./)
})

t.test('two that leak only together are one set', async t => {
  const found = answer(['express', 'pino'])
  t.match(found, { verdict: 'leak', setting: { APM_OFF: 'express,pino' } })
  t.same([...found.instrumentations].sort(), ['express', 'pino'])
  t.match(flat(String(found)), /^LEAK: instrumentations express and pino together of apm 1\.0\.0 add /)
})

t.test('what leaks with all of them off is none of them', async t => {
  const found = answer(null, 700)
  t.match(found, { verdict: 'clean', instrumentations: [] })
  t.match(
    flat(String(found)),
    /With all of them off it grows: the application itself, or what is left of apm/,
  )
})

t.test('where no variable does it, the code is given', async t => {
  const found = answer(['http'], 0, 'start({ http: false })')
  t.match(found, { setting: {}, code: 'start({ http: false })' })
  t.match(flat(String(found)), /To switch it off where the agent is started: start\(\{ http: false \}\)/)
})

t.test('those that have something loaded to patch', async t => {
  const list = [
    { name: 'http', packages: ['http', 'https'] },
    { name: 'pg', packages: ['pg'] },
    { name: 'koa', packages: ['koa'] },
    { name: 'always', packages: [] },
  ]
  const folder = t.testdir({
    'server.cjs': '',
    'server.mjs': '',
    node_modules: { pg: { 'package.json': '{"name":"pg","version":"8.0.0"}' } },
  })
  t.same(loadedInstrumentations(list, { names: ['koa'], entryFile: `${folder}/server.cjs` }), {
    loaded: ['http', 'koa', 'always'],
    notLoaded: ['pg'],
  })
  t.same(loadedInstrumentations(list, { names: [], entryFile: `${folder}/server.mjs` }).loaded, [
    ...['http', 'pg', 'always'],
  ])
})

t.test('the agent carries its instrumentations', async t => {
  const options = { agents: names.map(instrumentationAgent), carrier: carrierOf(apm, switches) }
  const env = (...on: string[]): unknown => launchedAgents(options, on).map(agent => agent.env)
  t.same(env(), [{ APM_OFF: 'dns,express,fs,http,net,pino' }], 'in the baseline all are off')
  t.same(env('http', 'net'), [{ APM_OFF: 'dns,express,fs,pino' }])
  t.same(env(...names), [{ APM_OFF: '' }])
  t.equal(options.carrier.agent.preset?.proof, null, 'without instrumentations it has nothing to report')
  t.same(launchedAgents({ agents: [apm], carrier: null }, ['apm']), [apm])

  t.same(together({ OFF: 'a', A_ENABLED: 'false' }, { OFF: 'mine', A_ENABLED: 'true' }), {
    OFF: 'mine,a',
    A_ENABLED: 'false',
  })
  t.same(together({ OFF: '' }, { OFF: 'mine' }), { OFF: 'mine' })
})

t.test('wrong options', async t => {
  const folder = t.testdir({ 'server.cjs': '', 'agent.cjs': '' })
  const call = async (options: object): Promise<unknown> =>
    isolateInstrumentation({ entry: `${folder}/server.cjs`, workload: async () => {}, ...options } as never)
  const wrong = { code: 'ERR_OPTION_INVALID' }
  await t.rejects(call({}), { ...wrong, message: /takes one agent/ })
  await t.rejects(call({ agent: 'a', agents: [] }), { ...wrong, message: /takes one agent/ })
  await t.rejects(call({ agent: `${folder}/agent.cjs` }), {
    ...wrong,
    message: /none of those whose switches/,
  })
  await t.rejects(call({ agent: { name: 'host', preset: 'oneagent', env: { LD_PRELOAD: '/x.so' } } }), {
    code: 'ERR_OPTION_UNSUPPORTED',
    message: /has no switches/,
  })
})
