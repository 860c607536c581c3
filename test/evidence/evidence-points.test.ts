import t from 'tap'
import { evidencePoints } from '../../lib/evidence/evidence-points.js'
import { gridFor } from '../../lib/decide/growth/trial-growth.js'
import type { Culprit, Growth, Metric } from '../../lib/types/index.js'
import { simulatedTrial, type Curve } from '../support/simulated-trial.js'

const operations = 20_480
const settings = { operations, unit: 'operation' } as const

function culpritWith(
  estimate: number,
  metric: Metric = 'heap',
  unit: Growth['unit'] = 'bytes/operation',
): Culprit {
  return {
    ...{ kind: 'agent', agents: ['a'], metric, backend: 'up', backends: ['up'], alsoGrows: [], reason: '' },
    growth: { estimate, low: estimate, high: estimate, unit },
  }
}

function trialWith(curve: Curve, metric: Metric = 'heap') {
  const planned = { id: 1, agents: ['a'], backend: 'up', purpose: 'measure', operations } as const
  return simulatedTrial(planned, { curves: { [metric]: curve } })
}

t.equal(gridFor(operations)[1], operations / 4, 'the grid that the points are made from')

t.test('a steep leak from the start is looked at early, over few operations', async t => {
  const points = evidencePoints(culpritWith(10_000), [trialWith(n => 10_000 * n)], settings)
  t.strictSame(points, [1280, 1280 + 419, 1280 + 2 * 419])
})

t.test('a small one after warming up, over as many as it takes', async t => {
  const points = evidencePoints(culpritWith(64), [trialWith(n => 500_000 + 64 * n)], settings)
  t.strictSame(points, [5120, 5120 + 5120, 5120 + 2 * 5120])
})

t.test('what begins late is looked at late', async t => {
  const late: Curve = n => 2_000 * Math.max(0, n - 10_000)
  const [first, second, third] = evidencePoints(culpritWith(2_000), [trialWith(late)], settings)
  t.equal(first, operations / 2)
  t.equal(second - first, third - second)
  t.ok(third <= operations)
})

t.test('counts and seconds', async t => {
  const fds = culpritWith(0.02, 'fds', 'count/operation')
  t.strictSame(evidencePoints(fds, [trialWith(n => 0.02 * n, 'fds')], settings), [1280, 3280, 5280])
  const idle = { operations: 120, unit: 'second' } as const
  t.strictSame(evidencePoints(culpritWith(5_000, 'heap', 'bytes/second'), [], idle), [30, 60, 90])
})

t.test('without trials to look at: after a quarter', async t => {
  t.strictSame(evidencePoints(culpritWith(10_000), [], settings), [5120, 5539, 5958])
  const [first, , last] = evidencePoints(culpritWith(8), [], { operations: 64, unit: 'operation' })
  t.strictSame([first, last], [16, 48])
})
