import t from 'tap'
import { failedSetRecord } from '../../lib/trial/failed-to-run.js'
import type { TrialFailure } from '../../lib/trial/types.js'
import type { TrialRecord } from '../../lib/types/index.js'
import { resolvedAgent, resolvedOptions } from '../report/support/resolved-options.js'

const options = resolvedOptions({
  agents: [resolvedAgent('a'), resolvedAgent('b'), resolvedAgent('plugin', { requires: ['a'] })],
})
const failure: TrialFailure = {
  phase: 'ready',
  kind: 'crashed',
  message: 'two wrap the same function',
  exitCode: 1,
  signal: null,
  output: '',
}
const failed = (agents: readonly string[], kind: TrialFailure['kind'] = 'crashed'): TrialRecord | null =>
  failedSetRecord(
    { id: 3, agents, backend: 'up', purpose: 'measure', operations: 800 },
    { ...failure, kind },
    options,
  )

t.test('a set that fails is a record, an agent that fails is an error', async t => {
  t.match(failed(['a', 'b']), {
    id: 3,
    agents: ['a', 'b'],
    outcome: { kind: 'not-started', message: 'two wrap the same function' },
    samples: [],
    nodeVersion: '20.20.2',
  })
  t.ok(failed(['a', 'b', 'plugin']))
  t.equal(failed([]), null, 'the baseline')
  t.equal(failed(['a']), null)
  t.equal(failed(['a', 'plugin']), null, 'an agent with the one it requires')
})

t.test('an agent that fails under another condition of its collector than the first is a record', async t => {
  const under = (backend: 'up' | 'slow', agents: readonly string[]): TrialRecord | null =>
    failedSetRecord({ id: 3, agents, backend, purpose: 'measure', operations: 800 }, failure, {
      ...options,
      backends: ['up', 'slow'],
    })
  t.match(under('slow', ['a']), { backend: 'slow', outcome: { kind: 'not-started' } })
  t.equal(under('up', ['a']), null)
  t.equal(under('up', []), null, 'the baseline')
})

t.test('what no agent brings about stays an error', async t => {
  for (const kind of ['crashed', 'exited', 'not-ready', 'port-in-use', 'workload-failed'] as const) {
    t.ok(failed(['a', 'b'], kind), kind)
  }
  for (const kind of ['contaminated', 'probe-lost', 'spawn-failed', 'aborted'] as const) {
    t.equal(failed(['a', 'b'], kind), null, kind)
  }
})
