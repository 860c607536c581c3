import t from 'tap'
import { htmlReport } from '../../../lib/report/html/html-report.js'
import { trialGroups } from '../../../lib/report/html/trial-groups.js'
import { nextSteps } from '../../../lib/report/text/next-steps.js'
import { surenessLines } from '../../../lib/report/text/sureness.js'
import { culpritLine, unaccusedLine } from '../../../lib/report/text/verdict-lines.js'
import type { ReportData } from '../../../lib/types/index.js'
import { demoReport } from '../support/demo-report.js'
import {
  backendsReport,
  cleanReport,
  countsReport,
  failedReport,
  hostileReport,
  idleReport,
  inconclusiveReport,
  interactionReport,
  leakReport,
  manyReport,
  PAGE_REPORTS,
} from '../support/page-reports.js'

/** What is read on a page, without tags. */
const words = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

const sections = (html: string): string[] =>
  [...html.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id!)

const part = (html: string, id: string): string =>
  html.split(`<section id="${id}"`)[1]?.split('</section>')[0] ?? ''

t.test('every page is well formed, harmless and the same again', async t => {
  for (const [name, report] of Object.entries(PAGE_REPORTS)) {
    const html = htmlReport(report)
    t.equal(html, htmlReport(report), `${name}: the same again`)
    t.equal(
      html,
      htmlReport(JSON.parse(JSON.stringify(report)) as ReportData),
      `${name}: as read from a file`,
    )
    t.match(html, /^<!doctype html>\n<html lang="en">/)
    const tags = html.replace(/"[^"]*"/g, '""')
    t.notMatch(
      tags,
      /<(?:script|img|link|iframe|object|embed|form|base)|url\(|@import/i,
      `${name}: nothing is loaded`,
    )
    t.notMatch(tags, /<[^>]* (?:src|style|srcset|on[a-z]+)=/, `${name}: nothing is executed`)
    t.notMatch(words(html), /undefined|NaN|Infinity|\[object/, `${name}: no value is missing`)
    t.equal(html.match(/<h1>/g)?.length, 1)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    t.equal(new Set(ids).size, ids.length, `${name}: ids are unique`)
    const targets = [...html.matchAll(/(?:href="#|labelledby="|describedby=")([^"]*)"/g)].flatMap(([, to]) =>
      to!.split(' '),
    )
    t.strictSame(
      targets.filter(to => !ids.includes(to)),
      [],
      `${name}: what is referred to is there`,
    )
    for (const tag of [
      'div',
      'section',
      'table',
      'details',
      'ul',
      'ol',
      'figure',
      'svg',
      'span',
      'p',
      'li',
    ]) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length
      t.equal(html.match(new RegExp(`</${tag}>`, 'g'))?.length, opened, `${name}: every ${tag} is closed`)
    }
    for (const table of html.match(/<table>.*?<\/table>/gs) ?? []) {
      t.match(table, /^<table><caption>[^<]+<\/caption><thead><tr><th scope="col"/, `${name}: headings`)
      t.match(table, '<tbody><tr><th scope="row"')
    }
  }
})

t.test('the page says what the text says, in order', async t => {
  const html = htmlReport(leakReport)
  t.match(
    html,
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';",
  )
  t.strictSame(sections(htmlReport(await demoReport())), [
    ...[
      'growth',
      'memory',
      'metrics',
      'evidence',
      'costs',
      'sureness',
      'conditions',
      'next',
      'repeat',
      'trials',
    ],
  ])
  t.strictSame(sections(htmlReport(inconclusiveReport)).slice(-5), [
    ...['conditions', 'warnings', 'next', 'repeat', 'trials'],
  ])
  const read = words(html)
  for (const culprit of leakReport.culprits) {
    t.match(words(html.replaceAll('</em>', '')), culpritLine(culprit, leakReport).replace('LEAK: ', ''))
  }
  for (const line of [
    ...surenessLines(leakReport),
    ...nextSteps(leakReport, 100),
    ...leakReport.conditions.exercised,
    ...leakReport.conditions.notExercised,
  ]) {
    t.match(read, line)
  }
  t.match(
    words(htmlReport(cleanReport)).toLowerCase(),
    unaccusedLine(cleanReport).replace('CLEAN: ', '').toLowerCase(),
  )
  t.match(words(part(htmlReport(inconclusiveReport), 'warnings')), '(UNSETTLED)')
  t.match(words(htmlReport(leakReport, { operationsPerSecond: 7 })), 'At 7 operations a second')
})

t.test('growth of each component, worst first, told apart by sign and word', async t => {
  const rows = (report: ReportData, section = 'growth') =>
    [...part(htmlReport(report), section).matchAll(/<li class="(leak|clean|inconclusive)">.*?<\/li>/gs)].map(
      ([row, verdict]) => [verdict, words(row.replace(/<svg.*?<\/svg>/gs, '')).trim()],
    )
  t.match(rows(leakReport)[0], ['leak', /^dd-trace LEAK \+8\.2 kB 7\.9 to 8\.5 kB$/])
  t.equal(rows(leakReport).length, 3)
  t.equal(rows(manyReport).length, 31)
  t.match(rows(manyReport)[0], ['leak', /^agent-30 LEAK/])
  t.match(rows(backendsReport), [
    ['leak', /^dd-trace \(collector slow\)/],
    ['clean', /^application/],
    ['clean', /^dd-trace \(collector up\)/],
  ])
  t.match(rows(interactionReport)[0], ['leak', /^prom-metrics and trace-context together LEAK \+310 B/])
  t.match(rows(interactionReport, 'metrics')[0], [
    'leak',
    /^prom-metrics and trace-context together LEAK \+0\.5/,
  ])
  t.match(rows(failedReport), [
    ['inconclusive', /no interval$/],
    ['inconclusive', /no interval$/],
  ])
  t.match(part(htmlReport(failedReport), 'growth'), 'An arrow stands for an end that is not known.')
  t.match(
    rows(countsReport),
    [['clean', /^application clean 2\.1 B/]],
    'the heap of what leaks descriptors is clean',
  )
  t.match(rows(countsReport, 'metrics'), [
    ['leak', /^application LEAK 1/],
    ['inconclusive', /^application inconclusive/],
  ])
  t.match(words(part(htmlReport(idleReport), 'growth')), 'Heap per second')
})

t.test('memory of every trial: the same again as a table', async t => {
  const memory = part(htmlReport(leakReport), 'memory')
  t.match(memory, 'viewBox="0 0 760 380"')
  t.match(memory, /<div class="narrow" hidden><svg[^>]*viewBox="0 0 320 300"/)
  t.match(words(memory), 'dd-trace: 4 trials, 168 MB at the end')
  t.match(words(memory), 'no agents: 3 trials, 41 kB at the end')
  t.match(words(memory), 'as steep as the threshold: 16 B per operation')
  t.equal(memory.match(/<tr><th scope="row"/g)?.length, 10, 'a row a trial')
  t.match(part(htmlReport(await demoReport()), 'memory'), 'A hollow sign is the reading after')
  t.match(words(part(htmlReport(inconclusiveReport), 'memory')), '1 ended early (cross)')
  t.match(words(part(htmlReport(failedReport), 'memory')), 'No trial gave a reading')
  t.match(words(part(htmlReport(failedReport), 'trials')), 'crashed: exited with 1: Error: no')
  t.match(words(part(htmlReport({ ...failedReport, trials: [] }), 'trials')), 'No trial was run.')
})

t.test('trials that are drawn alike', async t => {
  const names = (report: ReportData, metric: 'heap' | 'fds' = 'heap') =>
    trialGroups(report, metric).map(({ name, isMain, trials }) => [name, isMain, trials.length])
  t.strictSame(names(manyReport), [
    ['29 sets without agent-30', false, 58],
    ['no agents', false, 2],
    ['all 30 agents', false, 2],
    ['agent-30', true, 2],
  ])
  t.strictSame(names(backendsReport), [
    ['dd-trace, collector up', false, 2],
    ['no agents', false, 2],
    ['dd-trace, collector slow', true, 2],
  ])
  t.strictSame(names(interactionReport).at(-1), ['prom-metrics and trace-context', true, 2])
  t.strictSame(names(countsReport), [['the application', false, 3]], 'its heap does not leak')
  t.strictSame(names(countsReport, 'fds'), [['the application', true, 3]])
  t.strictSame(
    names(await demoReport()).filter(([, isMain]) => isMain),
    [['audit', true, 2]],
  )
  const looks = trialGroups(await demoReport(), 'heap').map(({ look }) => look)
  t.equal(new Set(looks.map(({ dash }) => dash)).size, looks.length, 'told apart by dashes')
})

t.test('evidence, and how to repeat it', async t => {
  const html = htmlReport(await demoReport())
  const evidence = words(part(html, 'evidence'))
  t.match(evidence, /held by .*variable trail/)
  t.match(evidence, 'The whole path, step by step')
  t.match(evidence, 'the container: it gains 1 per operation')
  t.match(evidence, 'Where it was allocated')
  const repeat = words(part(html, 'repeat'))
  t.match(repeat, /npx isolate-leak@\S+ replay report\.json/)
  t.match(repeat, /run <config> --effort quick --operations 5120 --threshold 64 --seed \d+/)
  t.match(words(part(htmlReport(backendsReport), 'repeat')), '--backends up,slow')
  const carrier = { ...leakReport.options.agents[0]!, name: 'otel', preset: 'otel' }
  const switched = htmlReport({ ...leakReport, options: { ...leakReport.options, carrier } })
  t.match(words(part(switched, 'repeat')), 'instrumentation otel --config <config>')
  t.match(words(part(switched, 'memory')), 'otel alone: 3 trials')
})

t.test('several culprits are several sentences of one heading', async t => {
  const [first] = leakReport.culprits
  const html = htmlReport({ ...leakReport, culprits: [first!, { ...first!, agents: ['winston'] }] })
  const heading = words(/<h1>.*?<\/h1>/s.exec(html)?.[0] ?? '')
  t.match(heading, /dd-trace adds .* winston adds/)
  t.match(words(html), 'winston. At 100 operations')
})

t.test('hostile texts', async t => {
  const html = htmlReport(hostileReport)
  t.equal(html.match(/<style>/g)?.length, 1)
  t.equal(html.match(/<\/style>/g)?.length, 1)
  t.match(words(html), '<script>alert(1)</script>')
  t.match(words(html), 'safe{U+202E}gnp.exe{U+2066}{U+200F}')
  // eslint-disable-next-line no-control-regex
  t.notMatch(html, /[\u0000-\u0008\u000B-\u001F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/u)
})
