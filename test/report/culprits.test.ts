import t from 'tap'
import { BASELINE } from '../../lib/decide/growth/arms.js'
import { versionsTable } from '../../lib/report/markdown/markdown-report.js'
import { reportText } from '../../lib/report/text.js'
import { warningMessage } from '../../lib/report/words/warning-messages.js'
import type { Growth, ReportData, TrialRecord } from '../../lib/types/index.js'
import { evidence as madeEvidence } from './support/made-reports.js'
import { agent, bytes, flat, leakReport } from './support/sample-reports.js'
import { trial } from './support/trials.js'

t.test('other culprits', t => {
  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('the sample has a culprit')
  const report = (change: Partial<ReportData>): string => flat(reportText({ ...leakReport, ...change }))

  const application = report({ culprits: [{ ...culprit, kind: 'application', agents: [], alsoGrows: [] }] })
  t.match(application, 'LEAK: the application itself grows by 8.2 kB of heap per operation')
  t.match(application, '1. The application grows without any agent')

  const interaction = report({ culprits: [{ ...culprit, kind: 'interaction', agents: ['a', 'b'] }] })
  t.match(interaction, 'LEAK: a and b together add 8.2 kB')
  t.match(interaction, 'Run a and b one without the other')

  const two = report({ culprits: [culprit, { ...culprit, agents: ['plain'], alsoGrows: [] }] })
  t.match(two, 'LEAK: plain adds')
  t.match(two, 'Fix plain, or leave it out')

  const fds: Growth = { estimate: 0.5, low: 0.49, high: 0.51, unit: 'count/operation' }
  const counted = report({ culprits: [{ ...culprit, metric: 'fds', growth: fds, alsoGrows: [] }] })
  t.match(counted, 'LEAK: dd-trace adds 0.50 file descriptors per operation (0.49 to 0.51, 95% interval).')
  t.match(counted, 'that is 4,300,000 file descriptors a day, 180,000 file descriptors an hour.')
  t.match(counted, 'with dd-trace 20,502 file descriptors after 20,480 operations, 23,062 file')

  const idle: Growth = { estimate: 120, low: 90, high: 150, unit: 'bytes/second' }
  const timed = report({ culprits: [{ ...culprit, growth: idle }], trials: [] })
  t.match(
    timed,
    'adds 120 B of heap per second (90 to 150 B, 95% interval). That is 10 MB a day, 432 kB an hour.',
  )
  t.notMatch(timed, 'heap limit of')

  const open = agent('newrelic', bytes(20, 10, 30), 'inconclusive')
  const mixed = report({ components: [...leakReport.components, open] })
  t.match(mixed, 'Not settled: newrelic. Clean: the application')
  t.match(mixed, 'because it is')

  const held = (owner: { name: string; version: string } | null): string => {
    const place = { script: '/srv/shop/node_modules/x/pool.js', line: 3, column: 1, package: owner }
    const path = [
      { by: '', name: '(Global handles)', place: null },
      { by: 'property queue', name: 'Pool', place },
    ]
    const evidence = { ...madeEvidence, package: null, held: { path, holder: 1, perOperation: 1, share: 1 } }
    return report({ culprits: [{ ...culprit, evidence }] })
  }
  t.match(
    held({ name: 'undici', version: '6.18.0' }),
    'Try another version of undici 6.18.0 as well, in the application',
    'a leak of two halves',
  )
  t.notMatch(held({ name: 'dd-trace', version: '3.9.3' }), 'as well, in the application', 'its own')
  t.notMatch(held(null), 'as well, in the application')

  const unknown = { ...bytes(8000, NaN, NaN) }
  t.match(report({ culprits: [{ ...culprit, growth: unknown }] }), 'adds 8 kB of heap per operation. At')
  t.match(
    report({ options: { ...leakReport.options, retentionMs: 0 } }),
    'memory that dd-trace would release later counts as leaked',
  )
  const required = leakReport.trials.map(record => ({ ...record, agents: [...record.agents, 'other'] }))
  t.match(report({ trials: required }), 'with dd-trace 187 MB', 'a check with an agent that requires it')
  t.end()
})

t.test('out of memory', t => {
  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('the sample has a culprit')
  const growth = bytes(2_100_000, 2_100_000, 4_300_000_000)
  const reason = 'With dd-trace it ran out of memory in 2 trials, while the application alone did not.'
  const trials = leakReport.trials
    .filter(({ purpose }) => purpose === 'measure')
    .map(record =>
      record.agents.includes('dd-trace')
        ? { ...record, outcome: { kind: 'out-of-memory', message: 'heap limit' } as const }
        : record,
    )
  const text = flat(
    reportText({ ...leakReport, trials, culprits: [{ ...culprit, growth, reason, alsoGrows: [] }] }),
  )
  t.match(text, 'LEAK: dd-trace adds at least 2.1 MB of heap per operation.')
  t.match(text, reason)
  t.match(text, 'failed trial 2 (dd-trace): out of memory. heap limit')
  t.end()
})

t.test('trials of two sizes, other loaded packages, failed baseline', t => {
  const trials = [
    trial({
      id: 1,
      agents: [],
      startBytes: 6e6,
      heapPerOperation: 1,
      outcome: { kind: 'out-of-memory', message: 'heap' },
    }),
    trial({
      id: 2,
      agents: ['dd-trace'],
      operations: 40_960,
      startBytes: 6e6,
      heapPerOperation: 1,
      loadedAgents: [
        { name: 'dd-trace', version: '3.9.3', path: '/a' },
        { name: '@opentelemetry/api', version: '1.9.0', path: '/b' },
      ],
    }),
  ]
  const text = flat(reportText({ ...leakReport, trials }))
  t.match(text, 'trials 1 of 20,480 operations and 1 of 40,960 operations, up to 1 at a time')
  t.match(text, 'dd-trace 3.9.3 (loaded @opentelemetry/api 1.9.0)')
  t.match(text, 'trial 1 (no agents): out of memory. heap')
  t.notMatch(text, 'Idle time')
  t.end()
})

t.test('a version in the name of an agent is not told as its package', t => {
  const named = leakReport.options.agents.map(one =>
    one.name === 'dd-trace' ? { ...one, name: 'dd-trace@3.9.3', package: null } : one,
  )
  const culprits = leakReport.culprits.map(one => ({ ...one, agents: ['dd-trace@3.9.3'] }))
  const text = flat(
    reportText({ ...leakReport, culprits, options: { ...leakReport.options, agents: named } }),
  )
  t.match(text, 'Install another version of dd-trace (3.9.3 leaks here)')
  t.end()
})

t.test('idle trials are told in seconds', t => {
  const components = leakReport.components.map(one => ({
    ...one,
    growth: { ...one.growth, unit: 'bytes/second' as const },
  }))
  const trials = [1, 2].map(id =>
    trial({ id, agents: [], operations: 30, startBytes: 1, heapPerOperation: 1 }),
  )
  t.match(flat(reportText({ ...leakReport, components, trials })), 'trials 2 of 30 seconds, up to')
  t.match(flat(reportText({ ...leakReport, trials })), 'trials 2 of 30 operations, up to')
  t.end()
})

t.test('what an agent loads is told of it, and not what came with another', t => {
  const otel = '@opentelemetry/auto-instrumentations-node'
  const loading = (id: number, agents: readonly string[], ...names: readonly string[]): TrialRecord =>
    trial({
      ...{ id, agents, startBytes: 6e6, heapPerOperation: 1 },
      loadedAgents: names.map(name => ({ name, version: '1.0.0', path: '' })),
    })
  const kept = loading(1, [], 'newrelic')
  const together = loading(2, ['dd-trace', otel], 'newrelic', 'dd-trace', '@opentelemetry/api')
  const agentsIn = (...trials: readonly TrialRecord[]): string =>
    /x64 agents (.*?) workload/.exec(flat(reportText({ ...leakReport, trials })))?.[1] ?? ''
  t.equal(agentsIn(kept, together), `dd-trace 3.9.3; ${otel} 0.82.0`, 'of both together it is not known')
  const alone = loading(3, ['dd-trace'], 'newrelic', 'dd-trace', 'dd-native')
  t.equal(
    agentsIn(kept, together, alone),
    `dd-trace 3.9.3 (loaded dd-trace 1.0.0 and dd-native 1.0.0); ${otel} 0.82.0`,
  )

  const requires = leakReport.options.agents.map(one =>
    one.name === otel ? { ...one, requires: ['dd-trace'] } : one,
  )
  const options = { ...leakReport.options, agents: requires }
  const text = flat(reportText({ ...leakReport, options, trials: [kept, together, alone] }))
  t.match(text, `${otel} 0.82.0 (loaded @opentelemetry/api 1.0.0)`, 'beside the one that it requires')

  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('the sample has a culprit')
  const table = versionsTable(culprit, { ...leakReport, trials: [kept, together, alone] }).join('\n')
  t.match(table, /dd-native/)
  t.notMatch(table, /opentelemetry/)
  t.end()
})

t.test('readings that did not come to rest, by how much', t => {
  const told = (widestBytes: number): string =>
    warningMessage({ because: { code: 'unsettled', arm: BASELINE, readings: 8, restless: 2, widestBytes } })
  t.match(told(0), /never came to rest, which makes them count for less$/)
  t.match(told(84_000), /never came to rest: they differed by up to 84,000 bytes, which/)
  t.end()
})
