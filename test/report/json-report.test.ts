import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { reportSchemaFile } from '../../bench/report-schema/report-schema.js'
import { createReport } from '../../lib/report/create-report.js'
import { jsonReport } from '../../lib/report/json/json-report.js'
import { projectPath } from '../support/project-path.js'
import { demoReport } from './support/demo-report.js'
import { hostileReport, madeReports } from './support/made-reports.js'
import { leakReport } from './support/sample-reports.js'

const path = projectPath('report.schema.json')
const schema = JSON.parse(readFileSync(path, 'utf8')) as object
const isValid = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema)

t.test('the schema that is kept is what the types give', async t => {
  const kept = readFileSync(path, 'utf8')
  t.equal(kept, await reportSchemaFile(), 'npm run schema writes it')
  t.notMatch(kept, /@link/)
  t.match(kept, 'bytes of heap', 'documentation is in it')
})

t.test('reports are valid', async t => {
  const demo = await demoReport()
  t.equal(demo.verdict, 'leak')
  for (const [name, report] of Object.entries({ demo, hostile: hostileReport, ...madeReports })) {
    t.ok(isValid(JSON.parse(jsonReport(report))), name)
    t.strictSame(isValid.errors ?? [], [], name)
  }
})

t.test('what a later minor version adds is valid', async t => {
  const [first] = leakReport.trials
  const later = {
    ...leakReport,
    added: { by: 'a later version' },
    trials: [{ ...first, added: 1 }],
    warnings: [{ code: 'NEW_CODE', message: 'something new', downgrades: false }],
  }
  t.ok(isValid(JSON.parse(JSON.stringify(later))))
})

t.test('damaged reports are not', async t => {
  const damages: Record<string, readonly [path: string, value: unknown]> = {
    'another schema version': ['schemaVersion', 2],
    'no verdict': ['verdict', undefined],
    'a verdict of another kind': ['verdict', 'maybe'],
    'growth in words': ['culprits.0.growth.estimate', '8 kB'],
    'no unit': ['culprits.0.growth.unit', undefined],
    'an unknown kind of culprit': ['culprits.0.kind', 'person'],
    'components that are no list': ['components', {}],
    'a trial without samples': ['trials.0.samples', undefined],
    'a reading in words': ['trials.0.samples.0.values.heap', '1 MB'],
    'a trial that ended in no known way': ['trials.0.outcome', { kind: 'gone' }],
    'evidence without a path': ['culprits.0.evidence.held.path', undefined],
    'values of variables': ['options.entry.env', { KEY: 'value' }],
    'a start that is no text': ['timings.startedAt', 0],
  }
  for (const [name, [path, value]] of Object.entries(damages)) {
    t.notOk(isValid(damaged(madeReports.evidence, path.split('.'), value)), name)
  }
  t.notOk(isValid(null))
  t.notOk(isValid([]))
})

/** A copy with another value at a path. */
function damaged(value: unknown, [step, ...rest]: readonly string[], put: unknown): unknown {
  if (step === undefined) return put
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >
  if (!(step in copy)) throw new Error(`expected ${step} to be there`)
  copy[step] = damaged(copy[step], rest, put)
  return JSON.parse(JSON.stringify(copy))
}

t.test('the same bytes from the report and from its data', async t => {
  const text = jsonReport(leakReport)
  t.equal(jsonReport(createReport(leakReport)), text)
  t.equal(text, `${JSON.stringify(leakReport, null, 2)}\n`)
  t.equal(jsonReport(JSON.parse(text)), text, 'read back and written again')
})
