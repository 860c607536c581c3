import t from 'tap'
import { markdownReport } from '../../lib/report/markdown/markdown-report.js'
import { code, fenced, folded, markdownTable, prose } from '../../lib/report/markdown/markdown-text.js'
import type { ReportData } from '../../lib/types/index.js'
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
import { readMarkdown, type ReadMarkdown } from './support/read-markdown.js'
import { renderElsewhere } from './support/render-elsewhere.js'
import { cleanReport, inconclusiveReport, leakReport } from './support/sample-reports.js'

const read = (report: ReportData): ReadMarkdown => readMarkdown(markdownReport(report))
const withEvidence = madeReports.evidence ?? leakReport
const strong = new Set(['strong'])

const SECTIONS = [
  'What grows, and what holds it',
  'Versions',
  'How it is started',
  'Growth, with and without',
  'What it costs',
  'When idle',
  'Readings',
  'How sure',
  'What was run',
  'How to repeat it',
  'Since when, and which part of it',
]

t.test('an issue has what maintainers ask for', async t => {
  const [agent] = withEvidence.options.agents
  if (agent === undefined) throw new Error('expected an agent')
  const report: ReportData = {
    ...withEvidence,
    environment: { ...withEvidence.environment, libc: 'glibc 2.36' },
    options: {
      ...withEvidence.options,
      agents: [
        {
          ...agent,
          env: ['DD_TRACE_AGENT_URL'],
          nodeArgs: ['--max-http-header-size=9000'],
          command: ['nice', '-n', '10'],
          sidecar: ['trace-agent', 'run'],
          requires: ['other'],
          preset: 'dd-trace',
          flush: 'every 500 ms',
          packages: [{ name: 'import-in-the-middle', version: '1.2.3' }],
        },
      ],
    },
  }
  const issue = read(report)
  t.strictSame(issue.headings, [
    'dd-trace adds 8.2 kB of heap per operation (dd-trace 3.9.3, Node 20.20.2)',
    ...SECTIONS,
  ])
  const [versions, growth, costs, without, withIt] = issue.tables
  t.strictSame(versions, [
    ['what', 'version'],
    ['Node', '20.20.2 (V8 11.3.244.8-node.38)'],
    ['operating system', 'linux 6.1.0 x64'],
    ['C library', 'glibc 2.36'],
    ['dd-trace', '3.9.3'],
    ['isolate-leak', '0.1.0'],
  ])
  t.strictSame(growth?.slice(0, 2), [
    ['growth per operation', 'without it', 'it adds', 'interval', 'leak from', 'verdict'],
    ['heap', '2.1 B', '8.2 kB', '7.9 to 8.5 kB', '16 B', 'LEAK'],
  ])
  t.strictSame(costs?.[0], ['agent', 'figure', 'without it', 'it adds', '95% interval'])
  t.ok(
    costs?.slice(1).every(([name]) => name === 'dd-trace'),
    'of what it is about',
  )
  t.equal(without?.length, 7)
  t.strictSame(withIt?.at(-1), ['20,480', '186,564', '18', '2,100', '900', '258,264', '20,502'])
  for (const part of [
    'At 100 operations a second that is',
    'DD_TRACE_AGENT_URL',
    '--max-http-header-size=9000',
    'nice -n 10',
    'trace-agent run',
    'every 500 ms',
    'Idle time does not release it: with dd-trace 187 MB after 20,480 operations',
    'held by: record() (.../dd-trace/lib/spans.js:12) → variable spans: Map → element: Span',
    'GET /orders/42 on 10 connections, 20,480 operations a trial, leak from 16 bytes per operation',
    'caches of more than 5,120 entries',
  ]) {
    t.ok(issue.text.includes(part), part)
  }
  t.strictSame(issue.fences, [
    'import-in-the-middle 1.2.3',
    'npx isolate-leak@0.1.0 replay report.json',
    'npx isolate-leak@0.1.0 bisect dd-trace --config leak.config.mjs\n' +
      'npx isolate-leak@0.1.0 instrumentation dd-trace --config leak.config.mjs',
  ])
})

t.test('a real one', async t => {
  const demo = read(await demoReport())
  t.equal(demo.headings[0], 'audit adds 973 B of heap per operation (Node 20.20.2)')
  t.notOk(demo.headings.includes('Since when, and which part of it'), 'it has no versions')
  t.match(demo.text, 'variable trail: Array')
  t.strictSame(demo.markup, new Set())
})

t.test('other culprits', async t => {
  const application = read(madeReports['the application'] ?? leakReport)
  t.match(application.headings[0], 'the application itself grows by 8.2 kB of heap per operation (Node')
  t.strictSame(application.tables[1]?.[0], [
    'growth per operation',
    'it grows by',
    'interval',
    'leak from',
    'verdict',
  ])
  t.equal(application.tables.length, 3, 'readings of the application only')

  const together = read(interactionReport)
  t.match(together.headings[0], 'together add 8.2 kB of heap per operation (dd-trace 3.9.3, @opentelemetry/')
  t.strictSame(together.tables[1], [
    ['growth per operation', 'without it', 'it adds', 'interval', 'leak from', 'verdict'],
    ['heap', '2.1 B', '8.2 kB', '7.9 to 8.5 kB', '16 B', 'LEAK'],
  ])
  t.match(together.text, 'With dd-trace and @opentelemetry/auto-instrumentations-node (trial 11')
  t.match(read(backendsReport).text, 'With dd-trace (trial 6')

  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('expected a culprit')
  const two = markdownReport({ ...leakReport, culprits: [culprit, { ...culprit, agents: ['other'] }] })
  t.strictSame(
    readMarkdown(two).headings.filter(heading => heading.includes('adds')).length,
    2,
    'one issue each',
  )

  const carrier = leakReport.options.agents[0] ?? null
  const part = read({ ...leakReport, options: { ...leakReport.options, carrier, retentionMs: 0 } })
  t.match(part.headings[0], '(dd-trace 3.9.3, Node 20.20.2)')
  t.match(part.text, 'No idle wait was asked for')
})

t.test('where nothing leaks it is a summary', async t => {
  const clean = read(cleanReport)
  t.strictSame(clean.headings, ['Memory of the application'])
  t.match(clean.text, 'CLEAN: neither the application nor @opentelemetry/auto-instrumentations-node leaks')
  t.match(clean.text, 'Nothing to fix.')
  t.equal(clean.tables.length, 2, 'components, and what they cost')
  t.strictSame(clean.markup, strong)

  const open = read(inconclusiveReport)
  t.match(open.text, 'INCONCLUSIVE: whether dd-trace leaks is not settled')
  t.match(open.text, 'A run with about 40,960 operations a trial would settle it.')
  t.match(open.text, 'trial 8 (dd-trace) crashed (TRIAL_FAILED)')
  t.equal(
    markdownReport(JSON.parse(JSON.stringify(oddReport))),
    markdownReport(oddReport),
    'infinite or null',
  )
})

t.test('names cannot add markup', async t => {
  for (const [name, report, usual] of [
    ['leak', hostileReport, withEvidence],
    ['clean', hostileCleanReport, cleanReport],
  ] as const) {
    const [given, expected] = [read(report), read(usual)]
    t.equal(given.headings.length, expected.headings.length, `${name}: headings`)
    t.equal(given.listItems, expected.listItems, `${name}: items`)
    t.equal(given.fences.length, expected.fences.length, `${name}: blocks of code`)
    t.strictSame(
      given.tables.map(rows => rows.map(cells => cells.length)),
      expected.tables.map(rows => rows.map(cells => cells.length)),
      `${name}: cells`,
    )
    t.strictSame(given.markup, expected.markup, `${name}: no links, no emphasis`)
    t.strictSame(
      given.html.filter(tag => !/^<(?:\/?(?:details|code)|summary>[^<]*<\/summary)>$/.test(tag)),
      [],
      `${name}: no HTML`,
    )
    t.notMatch(given.plain, /@\w|#\d|:\/\//, `${name}: nobody is mentioned`)
    t.notMatch(markdownReport(report), /(?!\n)\p{Cc}/u, `${name}: no control characters`)
    t.equal(renderElsewhere(markdownReport, report), markdownReport(report), `${name}: the same anywhere`)
  }
})

t.test('texts stay what they are', async t => {
  for (const text of [
    HOSTILE,
    '1. one',
    '- two',
    '+ three',
    '--- four',
    '= five',
    '# six',
    '> seven',
    'a * b _c_ **d** ~~e~~ $f$ `g` [h](i) ![j](k) &lt; &#65; <b> \\',
    'http://example.org www.example.org a@b.c @team #1 !2',
    '`',
    '``a`',
    'a|b\\|c',
    '',
  ]) {
    const seen = readMarkdown(prose(text))
    const shown = text.replaceAll(/(?![\r\n])\p{Cc}|\p{Cs}|\u202e/gu, '\ufffd').replaceAll(/\s+/g, ' ')
    t.equal(seen.text, shown, JSON.stringify(text))
    t.strictSame([seen.markup.size, seen.headings.length, seen.listItems], [0, 0, 0])
    t.equal(readMarkdown(code(text)).text, shown, 'as code')
    const [table] = readMarkdown(markdownTable(['a', 'b'], [[prose(text), code(text)]]).join('\n')).tables
    t.strictSame(
      table?.[1],
      [shown, shown].map(cell => cell.trim()),
      'in a table',
    )
  }
  t.strictSame(readMarkdown(fenced(['a', '```', '````b']).join('\n')).fences, ['a\n```\n````b'])
  t.strictSame(folded('title', []), [])
})
