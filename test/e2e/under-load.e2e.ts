import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, type TrialRecord } from 'isolate-leak'
import t from 'tap'
import { TIMING } from '../../lib/options/timing.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { runTrials } from '../support/run-trials.js'

const OPERATIONS = 1_024

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const heights = ({ samples }: TrialRecord): readonly number[] =>
  samples.map(({ withConnections = 0 }) => withConnections)

leavesNothing(
  t,
  'what an agent keeps on connections is seen to go with them, more after a longer round; its twin keeps none',
  async t => {
    const upstream = createServer({ keepAliveTimeout: 3_000 }, (_, res) => res.end('seen'))
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port } = upstream.address() as AddressInfo
    const timing = projectPath('test', 'fixtures', 'agents', 'times-sockets.cjs')
    const trials = await runTrials({
      entry: {
        file: projectPath('test', 'fixtures', 'apps', 'calls-upstream.cjs'),
        env: { UPSTREAM_URL: `http://127.0.0.1:${String(port)}/audit` },
      },
      agents: [
        { name: 'keeps', require: timing },
        { name: 'forgets', require: timing, env: { FORGETS: '1' } },
      ],
      ...{ workload: http(), operations: OPERATIONS, threshold: 64, retentionMs: 0, seed: 1, concurrency: 2 },
      [TIMING]: { intervalMs: 250, agree: 2, settleMs: 4_000, watchMs: 5_000 },
    })
    const [start, quarter, half, end] = heights(trials.get('keeps') as TrialRecord) as [
      number,
      number,
      number,
      number,
    ]
    t.equal(start, 0)
    const perOperation = (end - half) / (OPERATIONS / 4)
    t.ok(perOperation > 6_000, `${perOperation.toFixed(0)} bytes an operation are told`)
    t.ok(quarter > OPERATIONS && half > OPERATIONS, 'every round has its own')
    const twin = heights(trials.get('forgets') as TrialRecord) as [number, number, number, number]
    upstream.closeAllConnections()
    upstream.close()
    t.ok((twin[3] - twin[2]) / (OPERATIONS / 4) < 64, `${twin.join()}: nothing that grows with the round`)
  },
)
