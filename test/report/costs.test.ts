import t from 'tap'
import { costText } from '../../lib/report/format/cost.js'
import { htmlReport } from '../../lib/report/html/html-report.js'
import { markdownReport } from '../../lib/report/markdown/markdown-report.js'
import { prometheusReport } from '../../lib/report/prometheus/prometheus-report.js'
import { reportText } from '../../lib/report/text.js'
import type { AgentCosts, Cost, ReportData } from '../../lib/types/index.js'
import { readExposition } from './support/read-exposition.js'
import { cleanReport } from './support/sample-reports.js'

const cost = (without: number, added: number, half: number): Cost => {
  return { without, added, low: added - half, high: added + half }
}

const DD_TRACE: AgentCosts = {
  ...{ agent: 'dd-trace', backend: 'up', operations: 20_480, trials: 3, reference: 3 },
  cpuMsPerOperation: cost(0.31, 0.124, 0.022),
  cpuMsPerSecond: null,
  operationsPerSecond: cost(3100, -610, 240),
  p50Ms: cost(2.9, 0.8, 0.4),
  p99Ms: null,
  startMs: cost(180, 415, 62),
  heapStartBytes: cost(6_200_000, 12_100_000, 40_000),
  heapRestBytes: cost(6_300_000, 12_400_000, 90_000),
  rssStartBytes: cost(61_000_000, 48_000_000, 2_500_000),
  rssRestBytes: cost(74_000_000, 61_000_000, 5_100_000),
}
const NOTHING: AgentCosts = {
  ...{ ...DD_TRACE, agent: 'newrelic', operations: 0, trials: 0, reference: 0 },
  ...{ cpuMsPerOperation: null, operationsPerSecond: null, p50Ms: null, startMs: null },
  ...{ heapStartBytes: null, heapRestBytes: null, rssStartBytes: null, rssRestBytes: null },
}

const withCosts = (costs: readonly AgentCosts[], concurrency = 6): ReportData => ({
  ...cleanReport,
  options: { ...cleanReport.options, concurrency },
  costs,
})

const section = (data: ReportData, width = 80): string =>
  /\nWhat it costs\n(.*?)\n\n/s.exec(reportText(data, { width }))?.[1] ?? ''

t.test('as a table of a few lines', t => {
  t.equal(
    section(withCosts([DD_TRACE, NOTHING])),
    [
      '  agent     CPU/op          start-up     resident   p50',
      '  dd-trace  +0.12 ±0.02 ms  +415 ±62 ms  +61 ±5 MB  +0.8 ±0.4 ms',
      '  With the agent minus without it, each with a 95% interval of its own; no',
      '  verdict. Up to 6 trials ran at a time, which disturbs times by the clock more',
      '  than CPU time. Readings make CPU time higher.',
    ].join('\n'),
  )
  t.notMatch(section(withCosts([DD_TRACE], 1)), 'disturbs', 'of one trial at a time')
  const old = { ...cleanReport }
  Reflect.deleteProperty(old, 'costs')
  for (const data of [withCosts([]), withCosts([NOTHING]), old]) {
    t.equal(section(data), '', 'no section where nothing is known')
    t.notMatch(htmlReport(data), 'What it costs')
    t.notMatch(markdownReport(data), 'What it costs')
    t.notMatch(prometheusReport(data), 'isolate_leak_cost')
  }
  const many = Array.from({ length: 30 }, (_, index) => ({
    ...DD_TRACE,
    agent: `@company/an-agent-with-a-long-name-${String(index)}`,
  }))
  for (const width of [40, 80]) {
    const lines = section(withCosts(many), width).split('\n')
    t.ok(
      lines.every(line => line.length <= width),
      `within ${String(width)} columns`,
    )
    t.match(lines.join(' '), 'and 26 more rows')
  }
  t.ok(section(withCosts(many)).split('\n').length <= 9)
  t.end()
})

t.test('an amount has as many digits as its interval tells', t => {
  for (const [name, given, expected] of [
    [
      'cpuMsPerOperation',
      cost(0.3, 0.1234, 0.0021),
      ['0.300 ms', '+0.123 ms', '0.121 to 0.126 ms', '+0.123 ±0.002 ms'],
    ],
    ['cpuMsPerOperation', cost(0.3, 0.02, 0.4), ['0.3 ms', '0.0 ms', '-0.4 to 0.4 ms', '0.0 ±0.4 ms']],
    ['operationsPerSecond', cost(3100, -610, 240), ['3,100', '-610', '-850 to -370', '-610 ±240']],
    [
      'heapStartBytes',
      cost(6_200_000, 8_214, 120),
      ['6,200.0 kB', '+8.2 kB', '8.1 to 8.3 kB', '+8.2 ±0.1 kB'],
    ],
    [
      'rssRestBytes',
      cost(74e6, -200_000, 5e6),
      ['74,000 kB', '-200 kB', '-5,200 to 4,800 kB', '-200 ±5,000 kB'],
    ],
    ['startMs', cost(180, 0, 0), ['180 ms', '0 ms', '0 to 0 ms', '0 ±0 ms']],
  ] as const) {
    const { without, added, interval, brief } = costText(name, given)
    t.strictSame([without, added, interval, brief], expected)
  }
  t.end()
})

t.test('every figure with its interval as HTML, Markdown and for Prometheus', t => {
  const data = withCosts([DD_TRACE, NOTHING])
  const html = htmlReport(data)
  t.match(html, '<section id="costs"')
  t.match(html, /CPU time per operation.*?0\.31 ms.*?\+0\.12 ms.*?0\.10 to 0\.15 ms/s)
  t.notMatch(html.split('id="costs"')[1]?.split('</section>')[0], 'newrelic', 'nothing is known of it')
  t.match(markdownReport(data), '| dd-trace | start-up | 180 ms | +415 ms | 353 to 477 ms |')

  const samples = readExposition(prometheusReport(data))
  const value = (name: string, labels: Record<string, string>): number | undefined => {
    const found = samples.filter(
      one =>
        one.name === `isolate_leak_${name}` &&
        Object.entries(labels).every(([key, wanted]) => one.labels[key] === wanted),
    )
    t.ok(found.length <= 1)
    return found[0]?.value
  }
  const cpu = { component: 'dd-trace', backend: 'up', cost: 'cpu', per: 'operation' }
  t.equal(value('cost_seconds', cpu), 0.000124)
  t.ok(Math.abs((value('cost_low_seconds', cpu) ?? 0) - 0.000102) < 1e-9)
  t.ok(Math.abs((value('cost_high_seconds', cpu) ?? 0) - 0.000146) < 1e-9)
  t.equal(value('cost_seconds', { cost: 'start' }), 0.415)
  t.equal(value('cost_seconds', { cost: 'answer', quantile: '0.5' }), 0.0008)
  t.equal(value('cost_seconds', { cost: 'answer', quantile: '0.99' }), undefined)
  t.equal(value('cost_bytes', { cost: 'heap', at: 'rest' }), 12_400_000)
  t.equal(value('cost_operations_per_second', { component: 'dd-trace' }), -610)
  t.equal(value('cost_seconds', { component: 'newrelic' }), undefined)
  t.end()
})

t.test('one row for each condition of the collector', t => {
  const data = withCosts([DD_TRACE, { ...DD_TRACE, backend: 'slow' }])
  const several = { ...data, options: { ...data.options, backends: ['up', 'slow'] as const } }
  t.match(section(several), /dd-trace, collector up .*\n {2}dd-trace, collector slow /)
  const backends = readExposition(prometheusReport(several)).filter(({ name }) => name.endsWith('cost_bytes'))
  t.strictSame([...new Set(backends.map(({ labels }) => labels.backend))], ['up', 'slow'])
  t.end()
})
