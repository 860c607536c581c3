import t from 'tap'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import type { Component, PlannedTrial, Sample, RunWarning } from '../../lib/types/index.js'
import { simulatedRun, type Behaviour } from '../support/simulated-trial.js'

const N = 20_480
const SETTINGS: PlanSettings = {
  agents: [{ name: 'agent', requires: [] }],
  operations: N,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  seed: 1,
}

interface Told {
  readonly agent: Component | undefined
  readonly application: Component | undefined
  readonly warnings: readonly RunWarning[]
}

const told = (
  agent: Partial<Behaviour>,
  alone: Partial<Behaviour> = {},
  settings: PlanSettings = SETTINGS,
): Told => {
  const { decision } = simulatedRun(settings, ({ agents }: PlannedTrial) => ({
    ...{ curves: {} },
    ...(agents.length > 0 ? agent : alone),
  }))
  const named = (name: string): Component | undefined =>
    decision.components.find(component => component.name === name)
  return {
    ...{ agent: named('agent'), application: named('application') },
    warnings: decision.warnings.filter(({ code }) => code === 'GROWS_UNDER_LOAD'),
  }
}

/** Operations of the round that ends after so many. */
const roundOf = (operations: number): number => (operations === N / 4 ? operations : operations / 2)
const closing =
  (bytes: (round: number) => number): NonNullable<Behaviour['more']> =>
  (operations, kind) =>
    kind === 'retained' || operations === 0 ? {} : { withConnections: bytes(roundOf(operations)) }

t.test(
  'what goes with connections, more after longer rounds, keeps from clean; what is the same does not',
  async t => {
    const leak = told({ more: closing(round => 8_200 * round) })
    t.match(leak.agent, { verdict: 'inconclusive' })
    t.match(leak.warnings, [
      { agents: ['agent'], downgrades: true, message: /agent keeps 8,200 B\/op on connections/ },
    ])
    t.match(leak.agent?.reason, /would be called clean, but agent keeps/)
    t.match(leak.application, { verdict: 'clean' })

    const pool = told({ more: closing(() => 4_000_000) })
    t.match(pool, { agent: { verdict: 'clean' }, warnings: [] }, 'buffers of connections')
    const both = told({ more: closing(round => 8_200 * round) }, { more: closing(round => 8_200 * round) })
    t.match(both.warnings, [{ agents: [] }], 'with and without: it is the application’s')
    t.match(both.application, { verdict: 'inconclusive' })
    const little = told({ more: closing(round => 3 * round) })
    t.match(little, { agent: { verdict: 'clean' }, warnings: [] }, 'below the threshold')
    const once = told({ more: operations => (operations === N ? { withConnections: 90_000_000 } : {}) })
    t.match(once.agent, { verdict: 'inconclusive' })
  },
)

t.test('growth that idle time releases is clean, but not where connections took it along', async t => {
  const curves = { heap: (operations: number): number => 500 * operations }
  const retained = { heap: 5_000_000 }
  const gone = 480 * N
  const cached = told({ curves, retained })
  t.match(cached, { agent: { verdict: 'clean' }, warnings: [] }, 'a cache that expires')
  const kept = told({
    ...{ curves, retained },
    more: (_, kind) => (kind === 'retained' ? { withConnections: gone } : {}),
  })
  t.match(kept.agent, { verdict: 'inconclusive' })
  t.match(kept.warnings, [{ agents: ['agent'] }])
  const few = told({
    ...{ curves, retained },
    more: (_, kind) => (kind === 'retained' ? { withConnections: gone / 4 } : {}),
  })
  t.match(few, { agent: { verdict: 'clean' }, warnings: [] }, 'a quarter of it')
  const stays = told({ curves, more: (_, kind) => (kind === 'retained' ? { withConnections: gone } : {}) })
  t.match(stays, { agent: { verdict: 'leak' }, warnings: [] }, 'what idle time does not release is a leak')
})

t.test('growth that timers hold that are not due is neither', async t => {
  const curves = { heap: (operations: number): number => 516 * operations }
  const pending = (_: number, kind: Sample['kind']): Partial<Sample> =>
    kind === 'retained' ? { idleMs: 60_004, pendingTimers: { count: N, longestMs: 600_000 } } : {}
  const held = told({ curves, more: pending })
  t.match(held.agent, { verdict: 'inconclusive' })
  t.match(
    held.agent?.reason,
    /60 s of idle time did not release it; 20,480 timers that the operations started were not due by then, the longest of 600 s.*`retentionMs` of 602,000/,
  )
  t.match(told({ curves }).agent, { verdict: 'leak' }, 'a leak, without timers')
  const due = told({
    curves,
    retained: { heap: 5_000_000 },
    more: (_, kind) => (kind === 'retained' ? { idleMs: 62_003 } : {}),
  })
  t.match(due.agent, { verdict: 'clean', reason: /62 s of idle time released it/ })
})
