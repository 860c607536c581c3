import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { conduct } from '../../lib/run/conduct.js'
import { decisionSettings } from '../../lib/options/decision-settings.js'
import { knownSecrets, cleanTrial } from '../../lib/report/redact/known-secrets.js'
import { judgeJournal } from '../../lib/run/judge-journal.js'
import { createReport } from '../../lib/report/create-report.js'
import { nextLaunches } from '../../lib/decide/next/next-launches.js'
import { reportData } from '../../lib/report/report-data.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import { reportText } from '../../lib/report/text.js'
import { openJournal, reportFile } from '../../lib/run/journal/journal.js'
import { readJournal } from '../../lib/run/journal/read-journal.js'
import type { TrialRunner } from '../../lib/trial/trial-runner.js'
import { simulatedTrial } from '../support/simulated-trial.js'
import { type EvidenceLine, runLine } from '../../lib/report/journal-lines.js'
import type { Evidence, RunWarning } from '../../lib/types/index.js'
import { resolvedOptions } from '../report/support/resolved-options.js'

const crash = 'exited with token=planted-secret'

const place = {
  ...{ script: '/srv/shop/node_modules/dd-trace/spans.js', line: 12, column: 3 },
  package: { name: 'dd-trace', version: '3.9.3' },
}
const evidence: Evidence = {
  grows: [
    { name: 'Span', type: 'object', properties: ['id'], perOperation: 1, bytesPerOperation: 400, place },
  ],
  held: {
    path: [
      { by: '', name: '(Global handles)', place: null },
      { by: 'variable spans', name: 'Map', place: null },
    ],
    ...{ holder: 1, perOperation: 1, share: 0.9 },
  },
  ...{ alsoHeld: [], place, package: place.package, pointsAtCulprit: true, allocatedAt: [], resources: [] },
  ...{ sentence: 'dd-trace 3.9.3 keeps 400 B per operation.', files: [], notes: ['A note.'] },
}
const found = (agents: readonly string[], more: Partial<EvidenceLine> = {}): EvidenceLine => ({
  type: 'evidence',
  culprit: { kind: 'agent', agents, metric: 'heap', backend: 'up' },
  ...{ evidence, warnings: [] },
  ...more,
})

/** The run of a shop whose dd-trace leaks, as `isolateLeak()` conducts it, on simulated trials. */
const simulated = async (
  outDir: string,
  budgetMs: number | null = null,
  lines: readonly EvidenceLine[] = [],
): Promise<string> => {
  const options = {
    ...resolvedOptions({ entry: { env: { SHOP_TOKEN: 'planted-secret' } } }),
    ...{ budgetMs, concurrency: 2, outDir },
  }
  const secrets = knownSecrets(options)
  const settings = decisionSettings(options)
  const environment = runEnvironment(options.entry)
  const run = runLine({ options, settings, environment, startedAt: new Date(0), secrets })
  const journal = await openJournal(outDir, [run], () => 0)
  const runner: TrialRunner = {
    run: async (planned, finished) => {
      for (const trial of planned.toReversed()) {
        const leaks = trial.agents.includes('dd-trace')
        const record = simulatedTrial(trial, {
          curves: { heap: after => after * (leaks ? 400 : 1) + ((trial.id * 7919) % 13) * 100 },
          ...(trial.id === 2
            ? { outcome: { kind: 'crashed', exitCode: 1, signal: null, message: crash }, reached: 100 }
            : {}),
        })
        await finished(cleanTrial(record, secrets))
      }
    },
    concurrency: () => 2,
    close: async () => {},
  }
  const { decision, trials, spentBudgetMs, spentMs } = await conduct(options, runner, journal, { settings })
  for (const line of lines) await journal.evidence(line)
  const next = nextLaunches(decision, trials, run)
  const load = { used: 0.75, byOthers: 0.5 }
  const report = reportData({ run, decision, trials, evidence: lines, totalMs: 1234, next, load })
  const limit = { spentBudgetMs, ...(spentMs === null ? {} : { spentMs }) }
  await journal.end({ type: 'end', totalMs: 1234, ...limit, load }, report)
  await journal.close()
  return join(outDir, 'journal.jsonl')
}

const damaged = async (t: Test, text: string, expected: { message: RegExp }): Promise<void> => {
  const path = join(t.testdir(), 'journal.jsonl')
  await writeFile(path, text)
  await t.rejects(judgeJournal(path), { code: 'ERR_JOURNAL', ...expected })
}

t.test('a journal judged again gives the same bytes of report', async t => {
  const outDir = t.testdir()
  const path = await simulated(outDir)
  const written = await readFile(join(outDir, 'report.json'), 'utf8')
  const once = await judgeJournal(path)
  t.match(once, { complete: true, decided: true, report: { verdict: 'leak' } })
  t.strictSame(once.report.culprits[0]?.agents, ['dd-trace'])
  t.equal(reportFile(once.report), written)
  t.equal(reportFile((await judgeJournal(path)).report), written)
  const journal = await readFile(path, 'utf8')
  for (const text of [journal, written]) {
    t.match(text, 'exited with token=***')
    t.notMatch(text, 'planted')
  }
})

t.test('a journal with evidence gives the same bytes, and the evidence to its culprit', async t => {
  const outDir = t.testdir()
  const missing: RunWarning = {
    code: 'EVIDENCE_UNAVAILABLE',
    message: 'What holds the memory of b was not found out: no',
    ...{ downgrades: false, agents: ['b'] },
  }
  const lines = [found(['b'], { evidence: null, warnings: [missing] }), found(['dd-trace'])]
  const path = await simulated(outDir, null, lines)
  const written = await readFile(join(outDir, 'report.json'), 'utf8')
  const { report, complete, decided } = await judgeJournal(path)
  t.equal(reportFile(report), written)
  t.strictSame([complete, decided], [true, true])
  t.strictSame(report.culprits[0]?.evidence, evidence)
  t.match(report.warnings.at(-1), missing)
  const text = reportText(report)
  t.match(
    text,
    /What holds it\n {2}grows +Span: 1 more per operation \(400 B\)\n {2}held by +\(Global handles\) → /,
  )
  t.match(text, /^ {2}code +spans\.js:12 of dd-trace 3\.9\.3$/m)
  t.match(text, /^ {2}note +A note\.$/m)

  const content = await readJournal(path)
  t.strictSame(content.evidence, lines)
  t.ok(content.end)
  const journal = (await readFile(path, 'utf8')).trimEnd().split('\n')
  t.strictSame(
    journal.slice(-4).map(line => (JSON.parse(line) as { type: string }).type),
    ['trial', 'evidence', 'evidence', 'end'],
  )

  // Killed between two culprits: what was found is told.
  await writeFile(path, `${journal.slice(0, -1).join('\n')}\n`)
  const killed = await judgeJournal(path)
  t.equal(killed.complete, false)
  t.strictSame(killed.report.culprits[0]?.evidence, evidence)
  const swapped = [...journal.slice(0, -4), journal.at(-3), journal.at(-4), journal.at(-1)]
  await damaged(t, `${swapped.join('\n')}\n`, { message: /expected a trial in line \d+ of/ })
  await damaged(t, `${journal[0] ?? ''}\n{"type":"evidence"}\n`, {
    message: /expected a line of a journal in line 2/,
  })
})

t.test('evidence for another culprit than the one that is named now is not shown', async t => {
  const { culprit } = found(['dd-trace'])
  for (const other of [
    { ...culprit, agents: ['b'] },
    { ...culprit, agents: ['dd-trace', 'b'] },
    { ...culprit, metric: 'fds' },
    { ...culprit, backend: 'slow' },
    { ...culprit, kind: 'interaction' },
  ] as const) {
    const outDir = t.testdir()
    const path = await simulated(outDir, null, [found(['dd-trace'], { culprit: other })])
    const { report } = await judgeJournal(path)
    t.strictSame(report.culprits[0]?.agents, ['dd-trace'])
    t.notOk('evidence' in (report.culprits[0] ?? {}))
    t.equal(reportFile(report), await readFile(join(outDir, 'report.json'), 'utf8'))
  }
})

t.test('a run whose budget was spent', async t => {
  const outDir = t.testdir()
  const path = await simulated(outDir, 10)
  const { report, complete, decided } = await judgeJournal(path)
  t.equal(reportFile(report), await readFile(join(outDir, 'report.json'), 'utf8'))
  t.equal(complete, true)
  t.equal(decided, false)
  t.match(report.components[1]?.reason, /budgetMs \(10 ms\)/)
  t.match(report.next, { launches: Number, expectedMs: Number })
  const text = createReport(report).toString()
  t.match(text, /2 more launches are missing for the next look,\s+about 1 min/)
  t.match(text, /machine +\d+ processors?, 75% of their time used, 50% by other\s+processes/)
  t.match(text, /Other processes took 50% of the processors/)
})

t.test('what a killed run leaves', async t => {
  const outDir = t.testdir()
  const path = await simulated(outDir)
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  await writeFile(path, `${lines.slice(0, 4).join('\n')}\n${lines[4]?.slice(0, 200) ?? ''}`)
  const { report, complete, decided } = await judgeJournal(path)
  t.equal(report.trials.length, 3, 'a line that was being written is left out')
  t.equal(complete, false)
  t.equal(decided, false)
  t.equal(report.verdict, 'inconclusive')
})

t.test('a damaged journal', async t => {
  const path = await simulated(t.testdir())
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const text = (replaced: Readonly<Record<number, string>>): string =>
    lines.map((line, index) => `${replaced[index] ?? line}\n`).join('')
  const [first = ''] = lines
  await damaged(t, text({ 2: '{"type":"trial","rec' }), { message: /line 3 of .*got: {"type":"trial","rec/ })
  await damaged(t, text({ 3: '{"type":"trial","record":{"id":3}}' }), { message: /line 4 of/ })
  await damaged(t, text({ 1: '{"type":"other"}' }), { message: /line 2 of/ })
  await damaged(t, text({ 1: 'null' }), { message: /line 2 of/ })
  await damaged(t, text({ 2: '{"type":"end","totalMs":1}' }), { message: /expected a trial in line 3 of/ })
  await damaged(t, text({ 0: first.replace('"schemaVersion":1', '"schemaVersion":2') }), {
    message: /line 1/,
  })
  await damaged(t, lines.slice(1).join('\n'), { message: /expected the settings of the run in line 1/ })
  await damaged(t, '', { message: /line 1 of .* got: nothing/ })
  await t.rejects(judgeJournal(join(t.testdirName, 'none.jsonl')), { code: 'ERR_JOURNAL', message: /ENOENT/ })
})
