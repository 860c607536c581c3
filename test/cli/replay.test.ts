import t from 'tap'
import { main } from '../../lib/cli/main.js'
import { createReport } from '../../lib/report/create-report.js'
import { replayData } from '../../lib/compare/replay/replay.js'
import { createReplayReport } from '../../lib/compare/replay/replay-text.js'
import type { ReplayOptions, ReplayReport } from '../../lib/compare/replay/types.js'
import type { ReportData } from '../../lib/types/index.js'
import { cleanReport, inconclusiveReport, leakReport } from '../report/support/sample-reports.js'
import { fakeContext } from './support/fake-context.js'

const never = (): never => {
  throw new Error('nothing is to be run')
}
const answer = (was: ReportData, now: ReportData): ReplayReport =>
  createReplayReport(replayData(was, createReport(now), { names: new Map(), variables: [] }))

const run = async (
  args: readonly string[],
  report: ReplayReport,
  dir: string,
): Promise<{ status: number; out: string; err: string; calls: (readonly [string, ReplayOptions])[] }> => {
  const calls: (readonly [string, ReplayOptions])[] = []
  const context = {
    ...fakeContext(never, dir),
    replay: async (path: string, options: ReplayOptions) => {
      calls.push([path, options])
      return Promise.resolve(report)
    },
  }
  const status = await main(['replay', ...args], context)
  return { status, out: context.stdout.text, err: context.stderr.text, calls }
}

t.test('the exit status is the answer', async t => {
  const cases: readonly (readonly [ReportData, ReportData, number])[] = [
    [leakReport, leakReport, 1],
    [cleanReport, leakReport, 1],
    [cleanReport, cleanReport, 0],
    [leakReport, { ...leakReport, culprits: [], components: cleanReport.components }, 0],
    [inconclusiveReport, cleanReport, 0],
    [leakReport, inconclusiveReport, 2],
  ]
  for (const [was, now, status] of cases) {
    const report = answer(was, now)
    const { status: got, out, calls } = await run(['report.json'], report, t.testdirName)
    t.equal(got, status, report.verdict)
    t.equal(out, String(report))
    t.match(calls, [[`${t.testdirName}/report.json`, {}]])
  }
})

t.test('options and config', async t => {
  const config = {
    entry: './server.js',
    agents: ['a'],
    workload: { http: {} },
    operations: 99,
    effort: 'thorough',
  }
  const dir = t.testdir({ 'leak.json': JSON.stringify(config) })
  const args = [
    'report.json',
    '--config',
    'leak.json',
    '--agent',
    'a@2.0.0',
    '--agent',
    'b@3.0.0',
    '--seed',
    '3',
  ]
  const { calls, out } = await run([...args, '--json'], answer(leakReport, leakReport), dir)
  const [[, { signal, onEvent, ...options }]] = calls as [[string, ReplayOptions]]
  t.ok(signal && onEvent)
  t.match(options, {
    entry: './server.js',
    agents: ['a'],
    workload: { kind: 'http' },
    versions: ['a@2.0.0', 'b@3.0.0'],
    seed: 3,
  })
  t.notOk('operations' in options || 'effort' in options, 'how long and how fine is as in the report')
  t.match(JSON.parse(out), { verdict: 'still-happens', report: { schemaVersion: 1 } })
})

t.test('wrong usage', async t => {
  const report = answer(leakReport, leakReport)
  t.match(await run([], report, t.testdirName), { status: 64, err: /report/ })
  t.match(await run(['a.json', 'b.json'], report, t.testdirName), { status: 64 })
})
