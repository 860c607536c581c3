import t from 'tap'
import { parseReport } from '../../lib/report/read/parse-report.js'
import { readReport } from '../../lib/report/create-report.js'
import { reportText } from '../../lib/report/text.js'
import type { ReportData } from '../../lib/types/index.js'
import { cleanReport, inconclusiveReport, leakReport } from './support/sample-reports.js'

const json = (value: unknown): string => JSON.stringify(value)

t.test('reads what was written', async t => {
  for (const report of [leakReport, cleanReport, inconclusiveReport]) {
    const path = t.testdir({ 'report.json': json(report) })
    const read = await readReport(`${path}/report.json`)
    t.strictSame({ ...read }, JSON.parse(json(report)), 'all of it')
    t.equal(String(read), reportText(report))
    if (report.verdict === 'clean') t.doesNotThrow(() => read.assertClean())
    else t.throws(() => read.assertClean(), { code: 'ERR_LEAK', message: /report\.json/ })
    t.equal(reportText(read), reportText(report), 'and renders as the report itself')
  }
})

t.test('bounds that are not known are null, in a file as in memory', async t => {
  const unbounded = { estimate: 3, low: null, high: null, unit: 'bytes/operation' } as const
  const report: ReportData = {
    ...cleanReport,
    components: cleanReport.components.map(component => ({ ...component, growth: unbounded })),
  }
  const read = parseReport(json(report), 'report.json')
  t.match(read.components[0]?.growth, unbounded)
  t.equal(read.components[0]?.startBytes, null, 'other nulls stay')
  t.equal(reportText(read), reportText(report))
})

t.test('a report of a version that told no costs', async t => {
  const old = { ...leakReport }
  Reflect.deleteProperty(old, 'costs')
  const read = parseReport(json(old), 'report.json')
  t.notOk('costs' in read)
  t.notMatch(reportText(read), 'What it costs')
  t.match(reportText(leakReport), 'What it costs')
})

t.test('the report within an answer of upgrade or instrumentation', async t => {
  const upgrade = { verdict: 'leaks', agent: 'newrelic', report: leakReport }
  t.equal(parseReport(json(upgrade), 'upgrade.json').verdict, 'leak')
  t.same(parseReport(json(upgrade), 'upgrade.json'), parseReport(json(leakReport), 'report.json'))
})

const broken: readonly (readonly [string, string, RegExp])[] = [
  ['an empty file', '', /expected a report \(JSON\) in x\.json, got: an empty file/],
  ['half a file', json(leakReport).slice(0, 900), /expected a report \(JSON\) in x\.json, got: .*JSON/],
  ['no object', '[]', /expected the report of a run .* in x\.json, got an array/],
  ['null', 'null', /got null/],
  ['something else', '{"name":"x"}', /got something else/],
  ['a bisection', '{"edges":[],"versions":[]}', /got the answer of bisect/],
  ['a journal', '{"type":"run"}', /got the journal of a run/],
  ['a snapshot', '{"snapshot":{},"nodes":[]}', /got a heap snapshot/],
  ['of the future', json({ ...leakReport, schemaVersion: 2 }), /expected schemaVersion 1 in x\.json, got 2/],
  [
    'a verdict of its own',
    json({ ...leakReport, verdict: 'maybe' }),
    /expected verdict to be 'leak' or 'clean' or 'inconclusive', got 'maybe'/,
  ],
  [
    'without trials',
    json({ ...leakReport, trials: undefined }),
    /expected trials to be an array, got nothing/,
  ],
  [
    'a damaged component',
    json({ ...leakReport, components: [{ ...leakReport.components[0], name: 7 }] }),
    /expected components\[0\]\.name to be a string, got 7, in the report x\.json/,
  ],
  [
    'a damaged bound',
    json({
      ...leakReport,
      culprits: [{ ...leakReport.culprits[0], growth: { estimate: 'x', low: 1, high: 2 } }],
    }),
    /expected culprits\[0\]\.growth\.estimate to be a number, got 'x'/,
  ],
  [
    'damaged costs',
    json({ ...leakReport, costs: leakReport.costs?.map(one => ({ ...one, startMs: { added: 'x' } })) }),
    /expected costs\[0\]\.startMs\.without to be a number, got nothing/,
  ],
  ['costs that are no list', json({ ...leakReport, costs: 'x' }), /expected costs to be an array, got 'x'/],
  [
    'options that are none',
    json({ ...leakReport, options: [] }),
    /expected options to be an object, got an array/,
  ],
]
for (const [name, text, message] of broken) {
  t.test(`refuses ${name}`, async t => {
    t.throws(() => parseReport(text, 'x.json'), { code: 'ERR_REPORT', message })
  })
}

t.test('a file that is not there', async t => {
  await t.rejects(readReport('/nowhere/report.json'), { code: 'ERR_REPORT', message: /ENOENT/ })
  await t.rejects(readReport(t.testdir({})), { code: 'ERR_REPORT', message: /EISDIR/ })
})
