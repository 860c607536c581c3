import t from 'tap'
import { prometheusReport } from '../../lib/report/prometheus/prometheus-report.js'
import type { ReportData } from '../../lib/types/index.js'
import { demoReport } from './support/demo-report.js'
import { HOSTILE, hostileReport, interactionReport, madeReports, oddReport } from './support/made-reports.js'
import { readExposition, type ReadSample } from './support/read-exposition.js'
import { renderElsewhere } from './support/render-elsewhere.js'
import { cleanReport, leakReport } from './support/sample-reports.js'

const read = (report: ReportData): ReadSample[] => readExposition(prometheusReport(report))

function value(
  samples: readonly ReadSample[],
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = samples.filter(
    sample =>
      sample.name === `isolate_leak_${name}` &&
      Object.entries(labels).every(([key, wanted]) => sample.labels[key] === wanted),
  )
  if (found.length > 1) throw new Error(`expected one ${name}, got ${String(found.length)}`)
  return found[0]?.value
}

t.test('the format', async t => {
  const reports = { demo: await demoReport(), hostile: hostileReport, ...madeReports }
  for (const [name, report] of Object.entries(reports)) {
    const samples = read(report)
    t.ok(samples.length > 10, name)
    t.equal(renderElsewhere(prometheusReport, report), prometheusReport(report), `${name}: the same anywhere`)
    for (const one of samples) {
      t.match(one.labels, { entry: report.options.entry.file }, 'experiments of one machine are told apart')
    }
    t.notOk(
      samples.some(sample => sample.name.endsWith('_total')),
      'which is for counters',
    )
  }

  const text = prometheusReport(leakReport)
  for (const [name, damaged] of Object.entries({
    'no line end': text.trimEnd(),
    'a sample twice': text + (text.split('\n').at(-2) ?? '') + '\n',
    'no type': text.replace(/# TYPE.*\n/, ''),
    'a name with a dash': text.replaceAll('isolate_leak_verdict', 'isolate-leak'),
    'a value in words': text.replace(/ 1\n/, ' yes\n'),
    'an open quote': text.replace('"clean"', '"clean'),
  })) {
    t.throws(() => readExposition(damaged), name)
  }
})

t.test('a leak and its harmless twin', async t => {
  const leak = read(leakReport)
  const culprit = { component: 'dd-trace', kind: 'agent' }
  t.equal(value(leak, 'verdict', { ...culprit, verdict: 'leak' }), 1)
  t.equal(value(leak, 'verdict', { ...culprit, verdict: 'clean' }), 0)
  t.equal(value(leak, 'verdict', { ...culprit, verdict: 'inconclusive' }), 0)
  t.equal(value(leak, 'verdict', { component: 'application', verdict: 'clean' }), 1)
  t.equal(value(leak, 'run_verdict', { verdict: 'leak' }), 1)
  const heap = { ...culprit, metric: 'heap', per: 'operation' }
  t.equal(value(leak, 'growth_bytes', heap), 8214)
  t.equal(value(leak, 'growth_low_bytes', heap), 7902)
  t.equal(value(leak, 'growth_high_bytes', heap), 8526)
  t.equal(value(leak, 'threshold_bytes', heap), 16)
  t.equal(value(leak, 'growth_objects', { ...culprit, metric: 'fds' }), 1)
  t.equal(value(leak, 'threshold_objects', { ...culprit, metric: 'fds' }), 0.01)
  t.equal(value(leak, 'growth_bytes', { ...culprit, metric: 'array_buffers' }), 0)
  t.equal(value(leak, 'start_bytes', culprit), 12_100_000)
  t.equal(value(leak, 'trials', culprit), 3)
  t.equal(value(leak, 'run_trials'), 10)
  t.equal(value(leak, 'run_duration_seconds'), 252.3)
  t.equal(value(leak, 'run_start_timestamp_seconds'), 1_741_064_767)
  t.equal(value(leak, 'run_info', { node: '20.20.2', version: '0.1.0' }), 1)

  const clean = read(cleanReport)
  t.notOk(clean.some(({ labels, value }) => labels.verdict === 'leak' && value !== 0))
  t.equal(value(clean, 'run_verdict', { verdict: 'clean' }), 1)
})

t.test('what is not known has no sample', async t => {
  const [first] = oddReport.components
  if (first === undefined) throw new Error('expected a component')
  const growth = { estimate: 0, low: null, high: null, unit: 'bytes/operation' } as const
  const report: ReportData = {
    ...oddReport,
    components: [
      { ...first, metrics: [{ metric: 'heap', verdict: 'inconclusive', growth, threshold: 16, reason: '' }] },
    ],
  }
  const labels = { component: 'application', metric: 'heap' }
  for (const samples of [read(report), read(JSON.parse(JSON.stringify(report)))]) {
    t.equal(value(samples, 'growth_bytes', labels), 0)
    t.equal(value(samples, 'growth_low_bytes', labels), undefined)
    t.equal(value(samples, 'growth_high_bytes', labels), undefined)
    t.equal(value(samples, 'start_bytes', { component: 'application' }), undefined)
  }
})

t.test('sets that leak together, names of any kind', async t => {
  const together = {
    component: 'dd-trace and @opentelemetry/auto-instrumentations-node',
    kind: 'interaction',
  }
  t.equal(value(read(interactionReport), 'verdict', { ...together, verdict: 'leak' }), 1)
  t.equal(value(read(interactionReport), 'growth_bytes', { ...together, metric: 'heap' }), 8214)
  t.equal(
    value(read(hostileReport), 'verdict', {
      component: `${HOSTILE.replace('\ud800', '\ufffd')}dd-trace`,
      verdict: 'leak',
    }),
    1,
    'labels stay what they are',
  )
})
