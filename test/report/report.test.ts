import t from 'tap'
import { inspect } from 'node:util'
import { briefText } from '../../lib/report/brief-text.js'
import { createReport } from '../../lib/report/create-report.js'
import { terminalPaint } from '../../lib/report/text/short-names.js'
import { reportText } from '../../lib/report/text.js'
import type { Component, Culprit, Growth, ReportData } from '../../lib/types/index.js'
import { agent, bytes, cleanReport, flat, inconclusiveReport, leakReport } from './support/sample-reports.js'

const samples = { leak: leakReport, clean: cleanReport, inconclusive: inconclusiveReport }

/** Titles of the sections in their order. */
function titles(text: string): string[] {
  return text.split('\n').filter(line => /^[A-Z][a-z ]+$/.test(line))
}

function section(text: string, title: string): string {
  return text.split(`\n${title}\n`)[1]?.split('\n\n')[0] ?? ''
}

t.test('the methods do not show in the data', t => {
  for (const data of Object.values(samples)) {
    const report = createReport(data)
    t.equal(JSON.stringify(report), JSON.stringify(data))
    t.strictSame(JSON.parse(JSON.stringify(report)), data)
    t.strictSame(Object.keys(report), Object.keys(data))
    t.notMatch(inspect(report), 'assertClean')
    t.equal(String(report), reportText(data))
  }
  t.end()
})

t.test('layout of the account', t => {
  for (const [verdict, data] of Object.entries(samples)) {
    const text = reportText(data)
    t.ok(text.startsWith(`${verdict.toUpperCase()}: `), verdict)
    t.equal(text.includes('\u001B'), false, 'no escape sequences')
    t.ok(text.endsWith('\n'))
    for (const line of text.split('\n')) {
      t.ok(line.length <= 80, `within 80 columns: ${line}`)
      t.equal(line, line.trimEnd(), 'no trailing spaces')
    }
    const expected = [
      'How sure',
      'Components',
      'Other metrics',
      'What it costs',
      'What was run',
      'Not exercised',
      'What to do next',
    ]
    if (data.warnings.length > 0) expected.splice(-1, 0, 'Warnings')
    t.strictSame(titles(text), expected)
    t.notMatch(text, /undefined|NaN|\[object|Infinity/)
  }
  for (const width of [60, 72, 100]) {
    const lines = reportText(leakReport, { width }).split('\n')
    t.ok(Math.max(...lines.map(({ length }) => length)) <= width, `within ${String(width)} columns`)
  }
  t.end()
})

t.test('a leak', t => {
  const text = flat(reportText(leakReport))
  t.match(text, 'LEAK: dd-trace adds 8.2 kB of heap per operation (7.9 to 8.5 kB, 95% interval).')
  t.match(text, 'At 100 operations a second that is 71 GB a day, 3 GB an hour;')
  t.match(text, "Node's heap limit of 4.3 GB is reached after about 1 h 28 min.")
  t.match(text, 'It also adds 1 file descriptor per operation.')
  t.match(text, 'Clean: the application and @opentelemetry/auto-instrumentations-node.')
  t.match(text, /3 trials each with dd-trace and @opentelemetry\S+, against 3 without agents/)
  t.match(text, 'at most 5% of such reports would accuse anything')
  t.match(
    text,
    'Idle time does not release it: with dd-trace 187 MB after 20,480 operations, 208 MB after 1 min',
  )
  t.match(text, 'file descriptors, dd-trace: LEAK, +1 per operation; leak from 0.01')
  t.match(text, 'no leak in any component: array buffers')
  t.match(text, 'agents dd-trace 3.9.3; @opentelemetry/auto-instrumentations-node 0.82.0')
  t.match(text, 'trials 9 of 20,480 operations and 1 idle check, up to 1 at a time')
  t.match(text, 'Install another version of dd-trace (3.9.3 leaks here)')
  t.match(
    flat(reportText(leakReport, { operationsPerSecond: 2 })),
    'At 2 operations a second that is 1.4 GB a day',
  )

  const narrow = section(reportText(leakReport), 'Components').split('\n')
  t.match(narrow[1], /^ {2}dd-trace +LEAK +\+8\.2 kB +7\.9 to 8\.5 kB +\+12 MB +3$/)
  t.match(narrow[3], /^ {2}@opentelemetry\/a\S+ons-node +clean +\+1\.3 B +-2\.2 to 4\.8 B +\+13 MB +3$/)
  t.match(narrow[4], /^ {2}a leak from 16 B of heap per operation$/, 'what is the same for all')
  const lines = section(reportText(leakReport, { width: 100 }), 'Components').split('\n')
  t.match(lines[1], /^ {2}dd-trace +LEAK +\+8\.2 kB +7\.9 to 8\.5 kB +16 B +\+12 MB +3$/)
  t.match(lines[2], /^ {2}application +clean +2\.1 B +0\.6 to 3\.6 B +16 B +3$/)
  t.match(lines[3], /^ {2}@opentelemetry\/\S+ons-node +clean +\+1\.3 B +-2\.2 to 4\.8 B +16 B +\+13 MB +3$/)
  t.end()
})

t.test('trials that no look took are not counted as those that decided', t => {
  const components = leakReport.components.map(component => ({
    ...component,
    trials: component.kind === 'application' ? 9 : 7,
    judged: { operations: 20_480, trials: 2, reference: component.kind === 'application' ? 0 : 2 },
  }))
  const more = [11, 12, 13, 14].flatMap(id =>
    leakReport.trials
      .filter(({ purpose }) => purpose === 'measure')
      .map(trial => ({ ...trial, id: id * 10 + trial.id })),
  )
  const data = { ...leakReport, components, trials: [...leakReport.trials, ...more] }
  const text = flat(reportText(data))
  t.match(text, /2 trials each with dd-trace and @opentelemetry\S+, against 2 without agents/)
  t.match(section(reportText(data), 'Components').split('\n')[1], /\+12 MB +2$/)
  t.match(text, 'trials 45 of 20,480 operations', 'launches are still told')
  t.match(flat(briefText(data)), '20,480 operations each: no agents (2 trials) against dd-trace (2)')

  const backends = (['up', 'down'] as const).map(backend => {
    const { verdict, growth, metrics, startBytes, reason } = leakReport.components[1] as Component
    const judged = { operations: 20_480, trials: 2, reference: 2 }
    return { backend, verdict, growth, metrics, startBytes, reason, trials: 7, judged }
  })
  const spread = {
    ...data,
    options: { ...data.options, backends: ['up', 'down'] as const },
    components: components.map(one => (one.name === 'dd-trace' ? { ...one, backends } : one)),
  }
  t.match(flat(reportText(spread)), '4 trials with dd-trace, 2 trials with @opentelemetry')
  const failed = components.map(one => ({ ...one, judged: { operations: 20_480, trials: 0, reference: 0 } }))
  t.match(
    flat(reportText({ ...leakReport, components: failed })),
    '7 trials each with dd-trace',
    'no look was taken',
  )
  t.end()
})

t.test('all memory that grows is counted for the time to the limit', t => {
  const [culprit] = leakReport.culprits
  const grows = (
    metric: 'arrayBuffers' | 'external' | 'fds' | 'rss',
    estimate: number,
    unit: Growth['unit'],
  ): {
    metric: typeof metric
    growth: Growth
  } => ({ metric, growth: { estimate, low: estimate, high: estimate, unit } })
  const told = (main: Growth, alsoGrows: Culprit['alsoGrows']): string =>
    flat(reportText({ ...leakReport, culprits: [{ ...(culprit as Culprit), growth: main, alsoGrows }] }))
  const rests = [grows('fds', 1, 'count/operation'), grows('rss', 9e6, 'bytes/operation')] as const
  const heap = told(bytes(464, 460, 468), rests)
  t.match(heap, "that is 4 GB a day, 167 MB an hour; Node's heap limit of 4.3 GB is reached after about 26 h")
  const all = told(bytes(464, 460, 468), [grows('arrayBuffers', 2048, 'bytes/operation'), ...rests])
  t.match(
    all,
    'At 100 operations a second that is 22 GB a day, 904 MB an hour (heap 4 GB and array buffers 18 GB a day)',
  )
  t.match(
    all,
    "; 4.3 GB, as much as Node's heap limit, are filled after about 4 h 48 min, the heap alone after about 26 h",
  )
  const outside = told({ ...bytes(464, 460, 468), unit: 'bytes/second' }, [
    grows('external', 232, 'bytes/second'),
  ])
  t.match(outside, 'That is 60 MB a day, 2.5 MB an hour (heap 40 MB and external memory 20 MB a day)')
  t.end()
})

t.test('clean', t => {
  const text = flat(reportText(cleanReport))
  t.match(
    text,
    /^CLEAN: neither the application nor @opentelemetry\S+ leaks; each adds at most 4\.8 B of heap/,
  )
  t.match(text, 'is below 41 MB a day at 100 operations a second')
  t.match(text, "run with effort: 'thorough'")

  const many = Array.from({ length: 4 }, (_, index) => agent(`agent-${String(index)}`, bytes(1, 0, 2)))
  const application = cleanReport.components[0] as Component
  t.match(
    flat(reportText({ ...cleanReport, components: [application, ...many] })),
    'nor any of the 4 agents leaks',
  )
  const alone = flat(reportText({ ...cleanReport, components: [application] }))
  t.match(alone, 'CLEAN: the application does not leak; each adds at most 3.6 B')
  t.match(alone, '3 trials of the application')
  const thorough = { ...cleanReport.options, effort: 'thorough' as const }
  t.notMatch(reportText({ ...cleanReport, options: thorough }), 'Smaller or later leaks')
  t.end()
})

t.test('inconclusive', t => {
  const text = flat(reportText(inconclusiveReport))
  t.match(
    text,
    'INCONCLUSIVE: whether dd-trace leaks is not settled: it adds between 12 and 31 B of heap per operation (95% interval), and 16 B would be a leak.',
  )
  t.match(text, 'this is no clean bill')
  t.match(text, '(UNSETTLED), 2 times')
  t.match(text, 'failed trial 8 (dd-trace): crashed. exited with 1: TypeError: span is not a span')
  t.match(text, '1. With dd-trace the heap grows by 21 B/op')
  t.match(text, "2. Run again with effort: 'thorough'")

  const components = inconclusiveReport.components.map(component => ({
    ...component,
    verdict: 'inconclusive' as const,
  }))
  const all = flat(reportText({ ...inconclusiveReport, components }))
  t.match(all, /whether the application, dd-trace and @opentelemetry\S+ leak is not settled\./)
  const spent = 'The run ended after 4 min 43 s: what it needed next would have taken longer than allowed.'
  const told = inconclusiveReport.components.map((component, index) => ({
    ...component,
    verdict: 'inconclusive' as const,
    reason: `${spent} Of ${component.name} this is said.${index === 0 ? '' : ' A longer run would tell.'}`,
  }))
  const next = { launches: 2, expectedMs: 20_000 }
  const once = flat(reportText({ ...inconclusiveReport, components: told, next }))
  t.equal(once.split('would have taken longer').length, 2, 'the same is said once')
  t.match(once, /1\. Of application this is said\. 2\. Of dd-trace this is said\. 3\./)
  t.match(once, `the application, dd-trace and @opentelemetry/auto-instrumentations-node: ${spent}`)
  t.match(once, 'dd-trace and @opentelemetry/auto-instrumentations-node: A longer run would tell.')
  t.match(once, 'or go on with this one (resume, --resume), if it has an outDir')

  const buffers = { estimate: 96_000, low: 1_000, high: 191_000, unit: 'bytes/operation' } as const
  const outside = inconclusiveReport.components.map(component => ({
    ...component,
    metrics: component.metrics.map(result =>
      component.name !== 'dd-trace'
        ? result
        : result.metric === 'heap'
          ? { ...result, verdict: 'clean' as const }
          : { ...result, verdict: 'inconclusive' as const, growth: buffers, threshold: 64 },
    ),
  }))
  const row = section(
    reportText({ ...inconclusiveReport, components: outside }, { width: 200 }),
    'Components',
  )
  t.match(row, /growth\/op/)
  t.match(row, /dd-trace +inconclusive \(array buffers\) +\+96 kB +1 to 191 kB +64 B/)
  t.match(
    section(reportText(inconclusiveReport, { width: 200 }), 'Components'),
    /heap\/op[^]*dd-trace +inconclusive +\+21 B/,
  )

  const disturbed = { ...inconclusiveReport, components: [] }
  t.match(reportText(disturbed), 'INCONCLUSIVE: the experiment was disturbed, see the warnings.')
  const thorough = { ...inconclusiveReport.options, effort: 'thorough' as const }
  t.notMatch(reportText({ ...inconclusiveReport, options: thorough }), 'Run again with')
  t.end()
})

t.test('colours only where asked for', t => {
  const text = reportText(leakReport, { paint: terminalPaint })
  t.ok(text.startsWith('\u001B[31mLEAK'))
  t.match(text, '\u001B[1mHow sure\u001B[22m')
  // eslint-disable-next-line no-control-regex -- escape sequences are what is removed
  t.equal(text.replaceAll(/\u001B\[\d+m/g, ''), reportText(leakReport))
  t.end()
})

t.test('statuses stand beside the verdict where it hangs on them', t => {
  const warning = {
    code: 'ANSWERS_REFUSED',
    message: 'every answer was a redirect',
    downgrades: true,
  } as const
  const refused: ReportData = { ...inconclusiveReport, warnings: [warning] }
  const before = (text: string): string => flat(text.split('\nHow sure\n')[0] ?? '')
  t.match(before(reportText(refused)), /Answers by status: 200: [\d,]+\. $/)
  t.match(flat(briefText(refused)), /Answers by status: 200: /)
  t.notMatch(reportText(inconclusiveReport), /Answers by status/)
  t.notMatch(briefText(inconclusiveReport), /Answers by status/)
  t.end()
})
