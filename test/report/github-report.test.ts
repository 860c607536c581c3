import t from 'tap'
import { githubReport, githubSummary } from '../../lib/report/github/github-report.js'
import type { ReportData } from '../../lib/types/index.js'
import { demoReport } from './support/demo-report.js'
import { hostileReport, interactionReport, madeReports, oddReport } from './support/made-reports.js'
import { readMarkdown } from './support/read-markdown.js'
import { agent, bytes, cleanReport, inconclusiveReport, leakReport } from './support/sample-reports.js'

interface Command {
  readonly level: string
  readonly title: string
  readonly message: string
}

/** As the runner of GitHub Actions reads lines: a command with properties, each with escapes. */
function commandsOf(text: string): Command[] {
  t.match(text, /\n$/)
  return text
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, level = '', title = '', message = ''] =
        /^::(error|warning|notice) title=([^:,]*)::(.*)$/.exec(line) ?? []
      const data = message.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
      return {
        level,
        title: title.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%'),
        message: data,
      }
    })
}

const read = (report: ReportData): Command[] => commandsOf(githubReport(report))

t.test('annotations of a leak and of its harmless twin', async t => {
  const [error, ...more] = read(madeReports.evidence ?? leakReport)
  t.match(error, { level: 'error', title: 'dd-trace leaks' })
  t.strictSame(error?.message.split('\n').slice(0, 2), [
    'LEAK: dd-trace adds 8.2 kB of heap per operation (7.9 to 8.5 kB, 95% interval).',
    "At 100 operations a second that is 71 GB a day, 3 GB an hour; Node's heap limit of 4.3 GB is reached after about 1 h 28 min.",
  ])
  t.match(error?.message, 'held by: record()')
  t.strictSame(more, [])
  t.match(githubReport(leakReport, { operationsPerSecond: 7 }), 'At 7 operations a second')

  t.match(read(cleanReport), [
    { level: 'notice', title: 'No leak', message: /^CLEAN: neither the application/ },
  ])
  t.match(read(await demoReport()), [{ level: 'error', title: 'audit leaks' }])
  t.match(read(interactionReport), [
    { title: 'dd-trace and @opentelemetry/auto-instrumentations-node together leak' },
  ])
})

t.test('what is not settled is a warning', async t => {
  t.match(read(inconclusiveReport), [
    { level: 'warning', title: 'dd-trace: not settled', message: /would settle it/ },
  ])
  const components = inconclusiveReport.components.filter(({ verdict }) => verdict === 'clean')
  t.match(read({ ...inconclusiveReport, components }), [
    { level: 'warning', title: 'Not settled', message: /^INCONCLUSIVE/ },
  ])
  const many = Array.from({ length: 12 }, (_, index) =>
    agent(`agent-${String(index)}`, bytes(1, 0, 99), 'inconclusive'),
  )
  const limited = read({ ...inconclusiveReport, components: many })
  t.equal(limited.length, 10, 'GitHub shows ten of a level')
  t.equal(limited.at(-1)?.message, 'And 3 more: agent-9, agent-10 and agent-11.')
  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('expected a culprit')
  const leaks = read({ ...leakReport, culprits: Array.from({ length: 12 }, () => culprit) })
  t.equal(leaks.length, 10)
  t.equal(leaks.at(-1)?.message, 'And 3 more: see the report.')
})

t.test('names of any kind', async t => {
  const text = githubReport(hostileReport)
  t.equal(text.split('\n').length, 2, 'one command')
  const [error] = commandsOf(text)
  t.equal(error?.level, 'error')
  t.match(error?.title, '%0A,:{}\\dd-trace leaks')
  t.notMatch(text, /(?!\n)\p{Cc}/u)
  t.equal(githubReport(hostileReport), text, 'the same report gives the same text')
})

t.test('the summary of a job', async t => {
  const summary = readMarkdown(githubSummary(madeReports.evidence ?? leakReport))
  t.strictSame(summary.headings, ['isolate-leak'])
  t.match(summary.text, 'LEAK: dd-trace adds 8.2 kB of heap per operation')
  t.match(summary.text, 'held by: record()')
  t.match(summary.text, 'Until then switch dd-trace off')
  t.strictSame(summary.tables[0]?.slice(0, 2), [
    ['component', 'verdict', 'heap/op', 'interval', 'leak from', 'at start', 'trials'],
    ['dd-trace', 'LEAK', '+8.2 kB', '7.9 to 8.5 kB', '16 B', '+12 MB', '3'],
  ])
  t.match(githubSummary(leakReport, { operationsPerSecond: 7 }), 'At 7 operations a second')
  t.match(readMarkdown(githubSummary(cleanReport)).text, 'CLEAN: neither the application')
  t.equal(githubSummary(JSON.parse(JSON.stringify(oddReport))), githubSummary(oddReport), 'infinite or null')

  const hostile = readMarkdown(githubSummary(hostileReport))
  t.strictSame([...hostile.markup], ['strong'])
  t.notMatch(hostile.plain, /@\w|#\d/)
})

t.test('a summary of any report fits', async t => {
  const long = '&'.repeat(20_000)
  const components = Array.from({ length: 5000 }, (_, index) => ({
    ...agent(`${String(index)}${long}`, bytes(1, 0, 99), 'inconclusive'),
    reason: long,
  }))
  const warnings = components.map(({ name }) => ({
    ...{ code: 'NOISY' as const, message: name, downgrades: false },
  }))
  const report = { ...inconclusiveReport, components, warnings }
  const summary = githubSummary(report)
  t.ok(Buffer.byteLength(summary) < 1024 * 1024)
  t.match(summary, 'And 4900 more.')
  t.equal(readMarkdown(summary).tables[0]?.length, 101)
})
