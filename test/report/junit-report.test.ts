import { readFile } from 'node:fs/promises'
import t from 'tap'
import { validateXML } from 'xmllint-wasm'
import { junitError, junitReport } from '../../lib/report/junit/junit-report.js'
import type { ReportData } from '../../lib/types/index.js'
import { projectPath } from '../support/project-path.js'
import { demoReport } from './support/demo-report.js'
import {
  backendsReport,
  HOSTILE,
  hostileCleanReport,
  hostileReport,
  interactionReport,
  madeReports,
  oddReport,
} from './support/made-reports.js'
import { cleanReport, inconclusiveReport, leakReport } from './support/sample-reports.js'
import { readXml, type XmlNode } from './support/read-xml.js'

const error = junitError({
  code: 'ERR_ENTRY_CRASHED',
  message: `server.js exited with 1: ${HOSTILE}`,
  text: `isolate-leak: server.js exited with 1\n  caused by: ${HOSTILE}`,
})

interface Case {
  readonly name: string
  readonly status: string
  readonly node: XmlNode
}

/** The cases as GitLab reads them: by class and name, the first of a name only, the status by the first child. */
function casesOf(document: string): Case[] {
  const [suite] = readXml(document).children
  return (suite?.children ?? [])
    .filter(({ name }) => name === 'testcase')
    .map(node => ({
      name: `${node.attributes.classname ?? ''} ${node.attributes.name ?? ''}`,
      status:
        ['failure', 'error', 'skipped'].find(status => node.children.some(({ name }) => name === status)) ??
        'success',
      node,
    }))
}

const statuses = (report: ReportData): Record<string, string> =>
  Object.fromEntries(casesOf(junitReport(report)).map(({ name, status }) => [name, status]))

t.test('documents are valid for Jenkins', async t => {
  const schema = await readFile(projectPath('test', 'fixtures', 'reports', 'junit.xsd'), 'utf8')
  const documents: Record<string, string> = {
    error,
    demo: junitReport(await demoReport()),
    hostile: junitReport(hostileReport),
    'hostile and clean': junitReport(hostileCleanReport),
  }
  for (const [name, report] of Object.entries(madeReports)) documents[name] = junitReport(report)
  const xml = Object.entries(documents).map(([name, contents]) => ({ fileName: `${name}.xml`, contents }))
  const { valid, errors } = await validateXML({ xml, schema })
  t.ok(valid)
  t.strictSame(errors, [])

  const damaged = [
    error.replace(' name="experiment"', ''),
    error.replace('<error ', '<failed ').replace('</error>', '</failed>'),
    error.replace('time="0.000"', 'time="a while"'),
    error.replace(/ failures="0"/g, ''),
  ]
  for (const [index, contents] of damaged.entries()) {
    t.not(contents, error)
    const answer = await validateXML({ xml: [{ fileName: 'damaged.xml', contents }], schema })
    t.notOk(answer.valid, `damage ${String(index)} is seen`)
  }
})

t.test('a leak and its harmless twin', async t => {
  t.strictSame(statuses(leakReport), {
    'isolate-leak.server application': 'success',
    'isolate-leak.server dd-trace': 'failure',
    'isolate-leak.server @opentelemetry/auto-instrumentations-node': 'success',
  })
  t.strictSame(statuses(cleanReport), {
    'isolate-leak.server application': 'success',
    'isolate-leak.server @opentelemetry/auto-instrumentations-node': 'success',
  })
  const demo = await demoReport()
  t.strictSame(Object.values(statuses(demo)), ['success', 'success', 'success', 'failure'])

  const failure = casesOf(junitReport(madeReports.evidence ?? leakReport))[1]?.node.children[0]
  t.match(failure?.attributes, {
    type: 'leak',
    message: 'LEAK: dd-trace adds 8.2 kB of heap per operation (7.9 to 8.5 kB, 95% interval).',
  })
  for (const part of [
    'At 100 operations a second that is',
    'heap, dd-trace: LEAK, +8.2 kB per operation (7.9 to 8.5 kB); leak from 16 B',
    'file descriptors, dd-trace: LEAK, +1 per operation; leak from 0.01',
    'held by: record() (.../dd-trace/lib/spans.js:12)',
    'GET /orders/42 on 10 connections, 20,480 operations a trial',
    'seed 1234',
    'npx isolate-leak@0.1.0 replay report.json',
  ]) {
    t.ok(failure?.text.includes(part), part)
  }
  t.match(junitReport(leakReport, { operationsPerSecond: 7 }), 'At 7 operations a second that is')
})

t.test('times, counts and properties', async t => {
  const root = readXml(junitReport(leakReport))
  const [suite] = root.children
  t.match(root.attributes, { tests: '3', failures: '1', errors: '0', time: '252.300' })
  t.match(suite?.attributes, { name: 'isolate-leak.server', skipped: '0', timestamp: '2025-03-04T05:06:07' })
  t.strictSame(
    casesOf(junitReport(leakReport)).map(({ node }) => node.attributes.time),
    ['60.300', '80.400', '60.300'],
    'trials of the component and its idle check',
  )
  const properties = Object.fromEntries(
    suite?.children[0]?.children.map(({ attributes: { name = '', value = '' } }) => [name, value]) ?? [],
  )
  t.match(properties, { node: '20.20.2', seed: '1234', 'agent dd-trace': '3.9.3', threshold: '16' })
  const output = suite?.children.at(-1)
  t.equal(output?.name, 'system-out')
  t.match(output?.text, 'What to do next')
})

t.test('inconclusive is skipped, a failed trial is an error', async t => {
  const disturbed = statuses(inconclusiveReport)
  t.equal(disturbed['isolate-leak.server dd-trace'], 'error', 'one of its trials crashed')
  const crash = casesOf(junitReport(inconclusiveReport))[1]?.node.children[0]
  t.match(crash?.attributes, { type: 'crashed', message: /^trial 8: crashed\. exited with 1: TypeError/ })

  const calm = { ...inconclusiveReport, trials: inconclusiveReport.trials.filter(({ id }) => id !== 8) }
  const skipped = casesOf(junitReport(calm))[1]?.node.children[0]
  t.equal(skipped?.name, 'skipped')
  t.match(skipped?.attributes, { message: /would settle it/ })
  t.match(skipped?.text, 'leak from 16 B')

  const odd = statuses(oddReport)
  t.equal(
    odd['isolate-leak.server dd-trace and @opentelemetry/auto-instrumentations-node together'],
    'error',
    'a set that failed to run',
  )

  const open = {
    ...calm,
    components: calm.components.filter(({ verdict }) => verdict === 'clean'),
    warnings: [{ code: 'TOGETHER_UNSETTLED', message: 'together they were not settled', downgrades: true }],
  } as const
  t.equal(statuses(open)['isolate-leak.server experiment'], 'skipped')
  t.match(junitReport(open), 'together they were not settled (TOGETHER_UNSETTLED)')
})

t.test('sets that leak together, conditions of the collector', async t => {
  const together = statuses(interactionReport)
  t.equal(together['isolate-leak.server dd-trace'], 'success')
  t.equal(
    together['isolate-leak.server dd-trace and @opentelemetry/auto-instrumentations-node together'],
    'failure',
  )
  const failure = casesOf(junitReport(backendsReport))[1]?.node.children[0]
  t.match(failure?.text, 'collector up: clean, heap 2 B (-1 to 5 B)')
  t.match(failure?.text, 'collector slow: leak, heap 8.2 kB (7.9 to 8.5 kB)')
})

t.test('an experiment that failed', async t => {
  const [only] = casesOf(error)
  t.match(only, { name: 'isolate-leak experiment', status: 'error' })
  t.equal(only?.node.children[0]?.attributes.type, 'ERR_ENTRY_CRASHED')
  t.match(only?.node.children[0]?.text, 'caused by: a"b\'c]]>d<e>&amp;|`x``y`@team/ops #1')
})

t.test('names of any kind', async t => {
  const document = junitReport(hostileReport)
  t.notMatch(document, /(?![\n])\p{Cc}/u, 'no control character')
  const names = casesOf(document).map(({ name }) => name)
  t.equal(new Set(names).size, 3)
  t.ok(
    names[1]?.includes(
      'a"b\'c]]>d<e>&amp;|`x``y`@team/ops #1 ::error::z # f\ufffd\ufffd[31m\ufffd\ufffd😀%0A',
    ),
  )
  const same = { ...cleanReport, components: cleanReport.components.map(one => ({ ...one, name: 'a' })) }
  t.strictSame(Object.keys(statuses(same)), ['isolate-leak.server a', 'isolate-leak.server a (2)'])
  t.equal(junitReport(hostileReport), document, 'the same report gives the same text')
  t.equal(junitReport(JSON.parse(JSON.stringify(oddReport))), junitReport(oddReport), 'infinite or null')
})
