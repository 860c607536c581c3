import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { conduct, decisionSettings } from '../../lib/conduct.js'
import { cleanTrial } from '../../lib/report/redact/clean-trial.js'
import { knownSecrets } from '../../lib/report/redact/known-secrets.js'
import { judgeJournal } from '../../lib/report/judge-journal.js'
import { reportData } from '../../lib/report/report-data.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import { runLine } from '../../lib/report/run-line.js'
import { openJournal, reportFile } from '../../lib/trial/journal.js'
import type { TrialRunner } from '../../lib/trial/trial-runner.js'
import { simulatedTrial } from '../support/simulated-trial.js'
import { resolvedOptions } from './support/resolved-options.js'

const crash = 'exited with token=planted-secret'

/** The run of a shop whose dd-trace leaks, as `isolateLeak()` conducts it, on simulated trials. */
const simulated = async (outDir: string, budgetMs: number | null = null): Promise<string> => {
  const options = {
    ...resolvedOptions({ entry: { env: { SHOP_TOKEN: 'planted-secret' } } }),
    ...{ budgetMs, concurrency: 2, outDir },
  }
  const secrets = knownSecrets(options)
  const settings = decisionSettings(options)
  const environment = runEnvironment(options.entry)
  const run = runLine({ options, settings, environment, startedAt: new Date(0), secrets })
  const journal = await openJournal(outDir, run)
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
    close: async () => {},
  }
  const { decision, trials, spentBudgetMs } = await conduct(options, runner, journal, settings)
  const report = reportData({ run, decision, trials, totalMs: 1234 })
  await journal.end({ type: 'end', totalMs: 1234, spentBudgetMs }, report)
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

t.test('a run whose budget was spent', async t => {
  const outDir = t.testdir()
  const path = await simulated(outDir, 10)
  const { report, complete, decided } = await judgeJournal(path)
  t.equal(reportFile(report), await readFile(join(outDir, 'report.json'), 'utf8'))
  t.equal(complete, true)
  t.equal(decided, false)
  t.match(report.components[1]?.reason, 'budgetMs (10 ms) was spent')
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
