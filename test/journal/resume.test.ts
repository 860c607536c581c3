import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { conduct, decisionSettings } from '../../lib/conduct.js'
import { differing } from '../../lib/journal/earlier-run.js'
import type { JournalLine, TrialLine } from '../../lib/journal/journal-lines.js'
import { journalPath, reportFile, reportPath } from '../../lib/journal/journal.js'
import { openRun } from '../../lib/journal/open-run.js'
import { readJournal } from '../../lib/journal/read-journal.js'
import type { ResolvedOptions } from '../../lib/options/resolved.js'
import { judgeContent, judgeJournal } from '../../lib/report/judge-journal.js'
import { reportData } from '../../lib/report/report-data.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import { runLine } from '../../lib/report/run-line.js'
import { mulberry32 } from '../../lib/stats/random.js'
import type { TrialRunner } from '../../lib/trial/trial-runner.js'
import type { ReportData } from '../../lib/types.js'
import { resolvedOptions } from '../report/support/resolved-options.js'
import { simulatedTrial } from '../support/simulated-trial.js'

const agents = ['dd-trace', 'otel', 'newrelic']

class Killed extends Error {
  override readonly message = 'killed'
}

const lineOf = (options: ResolvedOptions) =>
  runLine({
    ...{ options, settings: decisionSettings(options), secrets: [] },
    ...{ environment: runEnvironment(options.entry), startedAt: new Date(0) },
  })

/** What `runExperiment` does with simulated trials, killed as soon as `trials` of them are on the disk. */
const simulate = async (
  options: ResolvedOptions,
  leak: number,
  trials = Infinity,
): Promise<{ launched: number; report: ReportData }> => {
  const settings = decisionSettings(options)
  const open = await openRun(options, lineOf(options))
  let launched = 0
  const runner: TrialRunner = {
    run: async (planned, finished) => {
      for (const trial of planned) {
        if (launched === trials) throw new Killed()
        launched++
        const grows = trial.agents.includes('dd-trace') ? leak : 1
        const noise = ((trial.id * 7919) % 13) * 40
        await finished(simulatedTrial(trial, { curves: { heap: after => after * grows + noise } }))
      }
    },
    close: async () => Promise.resolve(),
  }
  try {
    const { run, journal, resumed, elapsedMs } = open
    if (open.finished !== null) {
      const { report } = judgeContent(open.finished)
      if (open.finished.end !== null) await journal.end(open.finished.end, report)
      return { launched, report }
    }
    const conducted = await conduct(options, runner, journal, { settings, known: open.trials, elapsedMs })
    const { decision, spentBudgetMs } = conducted
    const report = reportData({ run, resumed, decision, trials: conducted.trials, totalMs: 1234 })
    await journal.end({ type: 'end', totalMs: 1234, spentBudgetMs }, report)
    return { launched, report }
  } finally {
    await open.close()
  }
}

/** The part of a report that does not depend on when it was interrupted. */
const answer = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(culprit => ({ ...culprit, growth: culprit.growth.unit })),
  components: components.map(({ name, verdict, trials }) => ({ name, verdict, trials })),
})

const trialsIn = async (path: string): Promise<TrialLine[]> => {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  return lines
    .map(line => JSON.parse(line) as JournalLine)
    .filter((line): line is TrialLine => line.type === 'trial')
}

t.test('killed at random and gone on with: the same verdict, nothing lost or repeated', async t => {
  for (const leak of [400, 1]) {
    const whole = await simulate({ ...resolvedOptions({ agents }), outDir: t.testdir() }, leak)
    t.equal(whole.report.verdict, leak === 400 ? 'leak' : 'clean')
    for (let seed = 1; seed <= 12; seed++) {
      const random = mulberry32(seed)
      const outDir = t.testdir()
      const options = { ...resolvedOptions({ agents }), outDir, resume: true }
      let launched = 0
      let kills = 0
      let report: ReportData | null = null
      while (report === null) {
        const before = kills === 0 ? [] : await trialsIn(journalPath(outDir))
        const most = kills < 5 ? Math.floor(random() * 4) : Infinity
        try {
          const done = await simulate(options, leak, most)
          launched += done.launched
          report = done.report
        } catch (error) {
          if (!(error instanceof Killed)) throw error
          kills++
          const after = await trialsIn(journalPath(outDir))
          t.strictSame(after.slice(0, before.length), before, 'what was finished stays')
          launched += after.length - before.length
        }
      }
      t.strictSame(answer(report), answer(whole.report), `seed ${String(seed)}`)
      const made = await trialsIn(journalPath(outDir))
      t.equal(made.length, launched, 'no trial is lost')
      t.equal(made.length, whole.report.trials.length, 'no trial is repeated')
      t.equal(new Set(made.map(({ record }) => record.id)).size, made.length)
      t.equal(report.timings.resumedAt?.length ?? 0, kills)
      t.equal(reportFile((await judgeJournal(journalPath(outDir))).report), reportFile(report))
      t.equal(await readFile(reportPath(outDir), 'utf8'), reportFile(report))
    }
  }
})

t.test('a run that had come to its end gives its report again', async t => {
  const outDir = t.testdir()
  const options = { ...resolvedOptions({ agents }), outDir, resume: true }
  const { report } = await simulate(options, 400)
  const journal = await readFile(journalPath(outDir), 'utf8')
  // Killed between the last line of the journal and the report.
  await writeFile(reportPath(outDir), '{"old":true}')
  const again = await simulate({ ...options, seed: 99, concurrency: 1 }, 400)
  t.equal(again.launched, 0)
  t.equal(reportFile(again.report), reportFile(report))
  t.equal(await readFile(reportPath(outDir), 'utf8'), reportFile(report))
  t.equal(await readFile(journalPath(outDir), 'utf8'), journal)
})

t.test('a line that was being written when the run was killed is left out, and mended', async t => {
  const outDir = t.testdir()
  const options = { ...resolvedOptions({ agents }), outDir, resume: true }
  await t.rejects(simulate(options, 400, 3), { message: 'killed' })
  const path = journalPath(outDir)
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, -20))
  const { launched, report } = await simulate(options, 400)
  t.equal(report.verdict, 'leak')
  t.equal((await trialsIn(path)).length, launched + 2)
  t.match(await readJournal(path), { resumed: [{ type: 'resume' }] })
})

t.test('more budget goes on where less had ended', async t => {
  const outDir = t.testdir()
  const options = { ...resolvedOptions({ agents }), outDir, resume: true }
  const short = await simulate({ ...options, budgetMs: 0 }, 400)
  t.equal(short.report.verdict, 'inconclusive')
  t.equal((await simulate({ ...options, budgetMs: 0 }, 400)).report.verdict, 'inconclusive')
  t.equal((await simulate({ ...options, budgetMs: null }, 400)).report.verdict, 'leak')
})

t.test('without resume a run starts anew, with it and nothing there as well', async t => {
  const outDir = join(t.testdir(), 'new', 'folder')
  const options = { ...resolvedOptions({ agents }), outDir }
  const first = await simulate({ ...options, resume: true }, 400)
  t.ok(first.launched > 5)
  t.equal((await simulate(options, 400)).launched, first.launched)
})

t.test('another experiment is not gone on with', async t => {
  const outDir = t.testdir()
  const options = { ...resolvedOptions({ agents }), outDir, resume: true }
  await t.rejects(simulate(options, 400, 3), { message: 'killed' })
  const journal = await readFile(journalPath(outDir), 'utf8')
  for (const [other, message] of [
    [{ operations: 640 }, /but settings\.operations, options\.operations differ: use what it was begun with/],
    [{ errorRate: 0.01 }, /settings\.errorRate, options\.errorRate differ/],
    [
      { agents: resolvedOptions({ agents: ['dd-trace'] }).agents },
      /settings\.agents, options\.agents differ/,
    ],
    [{ entry: { ...options.entry, args: ['--cluster'] } }, /options\.entry differs/],
    [{ entry: { ...options.entry, nodeVersion: '22.0.0' } }, /environment\.node differs/],
  ] as const) {
    await t.rejects(simulate({ ...options, ...other }, 400), { code: 'ERR_JOURNAL', message })
  }
  t.equal(await readFile(journalPath(outDir), 'utf8'), journal, 'it is left as it is')
  const line = lineOf(options)
  t.strictSame(differing(line, { ...line, startedAt: 'later', warnings: [] }), [])
  await writeFile(journalPath(outDir), 'no journal\n')
  await t.rejects(simulate(options, 400), { code: 'ERR_JOURNAL', message: /line 1/ })
  await writeFile(journalPath(outDir), journal)
  t.equal((await simulate(options, 400)).report.verdict, 'leak', 'no lock is left by the refusals')
})
