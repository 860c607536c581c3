import t from 'tap'
import { madeHistory, type MadeHistory } from '../../../bench/history/made-history.js'
import { changesIn } from '../../../lib/nightly/history/changes/changes-in.js'
import { differencesBetween } from '../../../lib/nightly/history/changes/differences.js'
import type { FinishedNight, Night, NightMetric } from '../../../lib/nightly/history/night.js'

const REGRESSION = 20
/** Nights 20 and 21 came to an answer in all of them; the bench counts those where they did not, too. */
const SEEDS = [2, 4, 5, 6, 7, 8]

const finished = (night: Night | undefined): FinishedNight => {
  if (night?.outcome !== 'finished') throw new Error('expected a night that finished')
  return night
}

const withValues = (night: Night, values: Readonly<Record<string, string | number>>): Night =>
  night.outcome === 'failed'
    ? night
    : { ...night, configuration: { digest: '', values: { ...night.configuration.values, ...values } } }

t.test('a regression below the threshold on night 20 is named within two nights, and not before', async t => {
  for (const deviation of [0.5, 1, 1.5]) {
    for (const seed of SEEDS) {
      const made: MadeHistory = { seed, deviation, regression: REGRESSION }
      const name = `seed ${String(seed)}, sd ${String(deviation)}`
      const nights = madeHistory(made)
      const [first, ...more] = changesIn(nights).changes
      t.match(first, { component: 'apm', metric: 'heap', direction: 'up', stands: true }, name)
      t.ok(
        first !== undefined && [REGRESSION - 1, REGRESSION].includes(first.shown),
        `${name}: within two nights`,
      )
      t.ok(
        [REGRESSION - 2, REGRESSION - 1].includes(first?.first ?? 0),
        `${name}: since then, give or take one`,
      )
      t.ok(
        Math.abs((first?.from ?? 0) - 2) < 1.5 && Math.abs((first?.to ?? 0) - 9) < 1.5,
        `${name}: from 2 to 9`,
      )
      t.match(
        first?.changed,
        [{ what: 'apm', kind: 'agent', from: '1.0.0', to: '1.1.0' }],
        `${name}: and what else changed`,
      )
      t.strictSame(more, [], `${name}: nothing else`)

      const twin = madeHistory({ seed, deviation, versions: [REGRESSION] })
      t.strictSame(changesIn(twin).changes, [], `${name}: nothing without it`)
    }
  }
})

t.test('what nobody changed is found as well; more noise takes more nights', async t => {
  for (const seed of SEEDS) {
    const made: MadeHistory = { seed, deviation: 2, regression: REGRESSION, nights: 40, versions: [] }
    const [first] = changesIn(madeHistory(made)).changes
    t.ok(first !== undefined && first.shown >= REGRESSION - 1, `seed ${String(seed)}: found, not before`)
    t.strictSame(first?.changed, [], 'nothing else changed')
    const twin = madeHistory({ seed, deviation: 2, nights: 40 })
    t.strictSame(changesIn(twin).changes, [], `seed ${String(seed)}: nothing without it`)
  }
})

const quiet = { deviation: 1, odd: 0, inconclusive: 0, failed: 0 }

t.test('one odd night is no change, however far off; two are, and going back is told too', async t => {
  const odd = (at: readonly number[]): Night[] =>
    madeHistory({ seed: 7, ...quiet }).map((night, index) => {
      if (night.outcome === 'failed' || !at.includes(index)) return night
      const components = night.components.map(component => ({
        ...component,
        metrics: component.metrics.map(metric => ({ ...metric, estimate: 60, low: 58, high: 62 })),
      }))
      return { ...night, components }
    })
  t.strictSame(changesIn(odd([12])).changes, [])
  const [up, down, ...more] = changesIn(odd([12, 13, 14])).changes
  t.match(up, { direction: 'up', first: 12, shown: 13, stands: false })
  t.match(down, { direction: 'down', first: 15, stands: true })
  t.strictSame(more, [])
})

t.test('a change that does not matter is none, however sure it is', async t => {
  const small = madeHistory({ seed: 3, ...quiet, deviation: 0.2, later: 4, regression: REGRESSION })
  t.strictSame(changesIn(small).changes, [], '2 B/op of 16')
  t.equal(changesIn(small, { leastShare: 1 / 16 }).changes.length, 1, 'unless asked for')
  const large = madeHistory({ seed: 3, ...quiet, deviation: 0.2, later: 8, regression: REGRESSION })
  t.equal(changesIn(large).changes.length, 1)
})

t.test('what is said of a night depends on no later one', async t => {
  const nights = madeHistory({ seed: 11, deviation: 1.5, regression: REGRESSION })
  const [whole] = changesIn(nights).changes
  const shown = whole?.shown ?? 0
  t.strictSame(changesIn(nights.slice(0, shown)).changes, [])
  t.equal(changesIn(nights.slice(0, shown + 1)).changes[0]?.shown, shown)
})

t.test('settings that make figures incomparable begin a new baseline', async t => {
  const nights = madeHistory({ seed: 5, ...quiet, regression: REGRESSION, versions: [] })
  const longer = nights.map((night, index) =>
    index < REGRESSION - 1 ? night : withValues(night, { operations: 81_920 }),
  )
  const { changes, baselines } = changesIn(longer)
  t.strictSame(changes, [], 'another level is no change then')
  t.match(baselines, [
    {
      component: 'apm',
      metric: 'heap',
      night: REGRESSION - 1,
      reason: 'operations changed from 20,480 to 81,920',
    },
  ])
  const other = nights.map((night, index) => (index < 10 ? night : withValues(night, { effort: 'thorough' })))
  t.strictSame(changesIn(other).baselines, [], 'other settings do not')
  t.equal(changesIn(other).changes.length, 1)

  const seconds = nights.map((night, index) => {
    if (night.outcome === 'failed' || index < 25) return night
    const components = night.components.map(component => ({
      ...component,
      metrics: component.metrics.map(metric => ({ ...metric, unit: 'bytes/second' as const })),
    }))
    return { ...night, components }
  })
  const late = changesIn(seconds)
  t.match(late.baselines, [{ reason: 'growth is counted in bytes/second, not in bytes/operation as before' }])
  t.equal(late.changes[0]?.stands, false, 'what was before it does not stand')
})

t.test('nights without an interval, without the component and failed ones do not disturb', async t => {
  const nights = madeHistory({ seed: 9, ...quiet, regression: REGRESSION }).map((night, index): Night => {
    if (night.outcome === 'failed') return night
    if (index % 7 === 3)
      return {
        ...{ schemaVersion: 1, startedAt: night.startedAt, totalMs: null, run: null, outcome: 'failed' },
        error: { code: 'ERR_KILLED', message: 'killed' },
      }
    if (index % 7 === 5) return { ...night, components: [] }
    if (index % 7 !== 6) return night
    const components = night.components.map(component => ({
      ...component,
      trials: 1,
      metrics: component.metrics.map(metric => ({ ...metric, low: null, high: null })),
    }))
    return { ...night, components }
  })
  t.match(changesIn(nights).changes, [{ direction: 'up', first: 20 }], 'the first night with a figure')
  t.strictSame(changesIn([]).changes, [])
  t.strictSame(changesIn(nights.slice(0, 3)).changes, [])
})

t.test('components, metrics and conditions are told apart', async t => {
  const nights = madeHistory({ seed: 4, ...quiet, regression: REGRESSION })
  const calm = madeHistory({ seed: 5, ...quiet })
  const both = nights.map((night, index): Night => {
    const one = finished(night)
    const [component] = finished(calm[index]).components
    if (component === undefined) return night
    const estimate = index < 14 ? 0 : 5e-4
    const descriptors: NightMetric = {
      ...{ metric: 'fds', verdict: 'clean', unit: 'count/operation', threshold: 0.001 },
      ...{ estimate, low: estimate, high: estimate },
    }
    return {
      ...one,
      components: [
        ...one.components.map(own => ({ ...own, backend: 'up' as const })),
        { ...component, backend: 'down' },
        { ...component, name: 'logger', metrics: [...component.metrics, descriptors] },
      ],
    }
  })
  t.match(changesIn(both).changes, [
    { component: 'logger', metric: 'fds', first: 14, from: 0 },
    { component: 'apm', metric: 'heap', backend: 'up', first: REGRESSION - 1 },
  ])
})

t.test('what differs between two nights', async t => {
  const [before] = madeHistory({ seed: 1, ...quiet })
  const one = finished(before)
  const after: Night = {
    ...one,
    versions: {
      ...one.versions,
      node: '22.1.0',
      application: { name: 'shop', version: '3.1.0', commit: 'a'.repeat(40) },
      agents: [
        { name: 'apm', package: 'newrelic', version: '13.0.0', tree: 'abc' },
        { name: 'file', package: null, version: null, tree: null },
      ],
    },
    configuration: { digest: '', values: { ...one.configuration.values, operations: 640, keep: ['x', 'y'] } },
  }
  t.strictSame(differencesBetween(one, after), [
    { what: 'apm', kind: 'agent', from: '1.0.0', to: 'newrelic 13.0.0' },
    { what: 'packages that apm needs', kind: 'agent', from: null, to: 'digest abc' },
    { what: 'file', kind: 'agent', from: null, to: 'no version' },
    { what: "the application's commit", kind: 'application', from: null, to: 'aaaaaaaaaaaa' },
    { what: 'Node', kind: 'runtime', from: '20.20.2', to: '22.1.0' },
    { what: 'operations', kind: 'configuration', from: '20480', to: '640' },
    { what: 'keep', kind: 'configuration', from: null, to: 'x, y' },
  ])
  t.strictSame(differencesBetween(one, one), [])
  t.strictSame(differencesBetween(undefined, one), [])
})
