import t from 'tap'
import { isolateInstrumentation } from '../../../lib/compare/instrumentation/isolate-instrumentation.js'
import type { InstrumentationReport } from '../../../lib/compare/instrumentation/types.js'
import type { TrialSpec } from '../../../lib/trial/types.js'
import { cachePackages } from '../../support/cached-packages.js'
import { grows, madeCall } from '../../support/simulated-call.js'
import { loads, simulatedHosts, type SimulatedHosts } from '../../support/simulated-host.js'

const loaded = ['express', 'http', 'net', 'pino', 'redis']
const hooks = [...loaded, 'pg', 'mongodb'].map(name => `  '${name}': () => {},\n`).join('')

await cachePackages(t, [
  {
    ...{ name: 'dd-trace', version: '3.9.3' },
    files: { 'init.js': '', 'packages/datadog-instrumentations/src/helpers/hooks.js': hooks },
  },
])
const { agents: none, ...options } = madeCall(t, []).options
t.strictSame(none, [])

/** What the agent is not told to switch off. */
const on = ({ launch }: TrialSpec): string[] => {
  const off = (launch.env.DD_TRACE_DISABLED_INSTRUMENTATIONS ?? '').split(',')
  return loaded.filter(name => !off.includes(name))
}

const isolate = async (
  leaking: readonly string[],
  seed: number,
): Promise<{ report: InstrumentationReport; hosts: SimulatedHosts }> => {
  const hosts = simulatedHosts(spec => {
    const leaks = leaking.length > 0 && leaking.every(name => on(spec).includes(name))
    const packages = spec.listPackages ? ['express', 'pino', 'redis'] : undefined
    return { ...grows(leaks ? 400 : 1, spec, { seed }), ...(packages === undefined ? {} : { packages }) }
  })
  const report = await isolateInstrumentation({ agent: 'dd-trace@3.9.3', ...options, ...hosts.option, seed })
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  t.ok(
    hosts.launched.every(spec => loads(spec, '/dd-trace@3.9.3-')),
    'the agent is on in every trial',
  )
  t.match(hosts.launched[0], { listPackages: true, operations: 64 })
  for (const spec of hosts.launched.slice(1))
    t.strictSame([...spec.agents].sort(), on(spec), 'what is on is what was planned')
  return { report, hosts }
}

t.test('the one that leaks, the pair that leaks only together, and harmless twins', async t => {
  for (const seed of [1, 2, 3]) {
    for (const leaking of [['http'], ['redis'], ['express', 'pino'], []]) {
      const { report } = await isolate(leaking, seed)
      t.match(
        report,
        { verdict: leaking.length === 0 ? 'clean' : 'leak', tried: loaded, notLoaded: ['pg', 'mongodb'] },
        `${leaking.join(' and ') || 'none'}, seed ${String(seed)}`,
      )
      t.strictSame([...report.instrumentations].sort(), leaking)
      t.strictSame(
        Object.values(report.setting).map(names => names.split(',').sort()),
        leaking.length === 0 ? [] : [leaking],
      )
    }
  }
})

t.test('an agent whose version has no switches', async t => {
  await t.test('with a cache of its own', async t => {
    await cachePackages(t, [{ name: 'dd-trace', version: '1.0.0', files: { 'init.js': '' } }])
    await t.rejects(isolateInstrumentation({ agent: 'dd-trace@1.0.0', ...options }), {
      code: 'ERR_OPTION_UNSUPPORTED',
      message: /version 1\.0\.0 has no switches/,
    })
  })
})
