import t from 'tap'
import { oneAgent } from '../../lib/cli/load-config.js'
import { TIMING } from '../../lib/options/timing.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { idle } from '../../lib/trial/workload/idle.js'

const config: IsolateLeakOptions = {
  entry: 'server.js',
  agents: ['newrelic@13.20.0', { name: 'apm', package: 'dd-trace@5.1.0', env: { MODE: 'on' } }],
  workload: idle(),
  ...{ strategy: 'each', history: { dir: 'nights' }, threshold: 64 },
  [TIMING]: { watchMs: 0 },
}

t.test('what a config says of one agent, with all else that concerns a single run', t => {
  const { agent, ...rest } = oneAgent(config, 'newrelic')
  t.equal(agent, 'newrelic@13.20.0')
  t.strictSame(rest, {
    ...{ entry: 'server.js', workload: config.workload, threshold: 64 },
    [TIMING]: { watchMs: 0 },
  })
  t.strictSame((rest as typeof config)[TIMING], { watchMs: 0 }, 'options under symbols, too')
  for (const name of ['apm', 'dd-trace', 'dd-trace@5.1.0'])
    t.equal(oneAgent(config, name).agent, config.agents?.[1], name)
  t.equal(oneAgent(config, 'elastic-apm-node').agent, 'elastic-apm-node', 'one that it does not list')
  t.equal(config.agents?.length, 2, 'the config is as it was')
  t.end()
})

t.test('two agents of one name', t => {
  const twice = { ...config, agents: ['newrelic@1.0.0', 'newrelic@2.0.0'] }
  t.throws(() => oneAgent(twice, 'newrelic'), { message: /has 2 agents called 'newrelic'/ })
  t.end()
})
