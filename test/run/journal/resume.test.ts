import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { isolateLeak } from '../../../lib/isolate-leak.js'
import { differing } from '../../../lib/run/journal/open-run.js'
import type { JournalLine } from '../../../lib/report/journal-lines.js'
import { journalPath, reportFile } from '../../../lib/run/journal/journal.js'
import { reportPath } from '../../../lib/report/json/json-report.js'
import { readJournal } from '../../../lib/run/journal/read-journal.js'
import type { IsolateLeakOptions } from '../../../lib/options/types.js'
import { judgeJournal } from '../../../lib/run/judge-journal.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import type { TrialSpec } from '../../../lib/trial/types.js'
import type { IsolationReport, ReportData, TrialRecord } from '../../../lib/types/index.js'
import { isOn, madeCall } from '../../support/simulated-call.js'
import { simulatedHosts } from '../../support/simulated-host.js'

const { options, fresh } = madeCall(t, ['dd-trace', 'otel', 'newrelic'], { evidence: 'summary' })

const LEAK = 400
const TWIN = 2

class Killed extends Error {
  override readonly message = 'killed'
}

const armOf = ({ agents, purpose }: Pick<TrialRecord, 'agents' | 'purpose'>): string =>
  `${purpose} ${agents.join('+')}`

interface Launched {
  /** Trials that were begun; those that gather evidence apart. */
  readonly trials: number
  readonly looks: number
}

/**
 * A call in which dd-trace grows by `leak` bytes an operation, killed when `most` trials were launched. Noise is told by how many
 * trials of the arm were finished before, so that a run that goes on sees what an unbroken one sees.
 */
const simulate = async (
  more: Partial<IsolateLeakOptions> & { readonly outDir: string },
  leak: number,
  most = Infinity,
): Promise<Launched & { readonly report: IsolationReport }> => {
  const before = await trialsIn(more.outDir)
  const made = more.resume === true ? before.map(armOf) : []
  const hosts = simulatedHosts(
    (spec: TrialSpec) => {
      const nth = made.filter(arm => arm === armOf(spec)).length
      made.push(armOf(spec))
      const slope = (isOn(spec, 'dd-trace') ? leak : 1) + mulberry32(nth * 7919 + armOf(spec).length)()
      return { curves: { heap: operations => slope * operations } }
    },
    () => {
      if (hosts.launched.length >= most) throw new Killed()
    },
  )
  const report = await isolateLeak({ ...options, ...hosts.option, ...more })
  if (hosts.left.hosts + hosts.left.parked > 0) throw new Error('something is left open')
  const looks = hosts.launched.filter(({ evidence }) => evidence !== null).length
  return { report, looks, trials: hosts.launched.length + hosts.continued.length - looks }
}

/** Lines of which nothing is missing. */
const wholeLines = (text: string): JournalLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as JournalLine)

const recordsOf = (text: string): TrialRecord[] =>
  wholeLines(text).flatMap(line => (line.type === 'trial' ? [line.record] : []))

const trialsIn = async (outDir: string): Promise<TrialRecord[]> =>
  recordsOf(await readFile(journalPath(outDir), 'utf8').catch(() => ''))

/** A folder as a run leaves it that was killed when so many bytes of its journal were written. */
const killedAt = async (journal: string, bytes: number): Promise<string> => {
  const outDir = fresh()
  await mkdir(outDir, { recursive: true })
  await writeFile(journalPath(outDir), journal.slice(0, bytes))
  const holder = { pid: 2 ** 22 + 1, host: hostname(), started: null }
  await writeFile(join(outDir, 'run.lock'), JSON.stringify(holder))
  return outDir
}

/** What a report says, without numbers and times of trials, which tell when the run was killed. */
const saying = ({ trials, timings, ...report }: ReportData): string =>
  JSON.stringify(
    {
      ...report,
      timings: Object.keys(timings).filter(name => name !== 'resumedAt'),
      trials: trials.map(trial => JSON.stringify({ ...trial, id: 0, timings: null })).sort(),
    },
    null,
    1,
  )

const readReport = async (outDir: string): Promise<ReportData> =>
  JSON.parse(await readFile(reportPath(outDir), 'utf8')) as ReportData

for (const [name, leak, verdict] of [
  ['a leak', LEAK, 'leak'],
  ['its harmless twin', TWIN, 'clean'],
] as const) {
  t.test(
    `${name}: killed at any byte of the journal, what goes on says what an unbroken run says`,
    async t => {
      const first = fresh()
      await simulate({ outDir: first }, leak)
      const unbroken = await readReport(first)
      t.equal(unbroken.verdict, verdict)
      const journal = await readFile(journalPath(first), 'utf8')
      const begun = journal.indexOf('\n') + 1
      const random = mulberry32(leak)
      t.comment(`seed ${String(leak)}`)
      for (let kill = 0; kill < 30; kill++) {
        const bytes = begun + Math.floor(random() * (journal.length + 1 - begun))
        const known = recordsOf(journal.slice(0, bytes))
        const hasEvidence = wholeLines(journal.slice(0, bytes)).some(({ type }) => type === 'evidence')
        const outDir = await killedAt(journal, bytes)
        const done = await simulate({ outDir, resume: true }, leak)
        const report = await readReport(outDir)
        t.equal(saying(report), saying(unbroken), `killed at byte ${String(bytes)}`)
        t.strictSame(
          report.trials.slice(0, known.length),
          unbroken.trials.slice(0, known.length),
          'what was finished',
        )
        t.equal(done.trials, unbroken.trials.length - known.length, 'nothing is repeated, nothing lost')
        t.equal(
          done.looks,
          leak === LEAK && !hasEvidence ? 2 : 0,
          'what was found out is not looked for again',
        )
        t.equal(new Set(report.trials.map(({ id }) => id)).size, report.trials.length, 'numbers are unlike')
        t.equal(reportFile(done.report), await readFile(reportPath(outDir), 'utf8'))
        t.equal(reportFile((await judgeJournal(journalPath(outDir))).report), reportFile(done.report))
        if (!t.passing()) return
      }
    },
  )
}

t.test('killed again and again, with several trials under way', async t => {
  for (const leak of [LEAK, TWIN]) {
    for (let seed = 1; seed <= 6; seed++) {
      const random = mulberry32(seed)
      const outDir = fresh()
      let kills = 0
      const attempt = async (): Promise<ReportData | null> => {
        const most = kills < 5 ? Math.floor(random() * 4) : Infinity
        const concurrency = 1 + Math.floor(random() * 3)
        try {
          return (await simulate({ outDir, resume: true, concurrency }, leak, most)).report
        } catch (error) {
          if (!(error instanceof Killed)) throw error
          kills++
          return null
        }
      }
      let report = await attempt()
      while (report === null) {
        const before = await trialsIn(outDir)
        report = await attempt()
        t.strictSame((await trialsIn(outDir)).slice(0, before.length), before, 'what was finished stays')
      }
      const { verdict, culprits, trials, timings } = report
      t.equal(verdict, leak === LEAK ? 'leak' : 'clean', `seed ${String(seed)}`)
      t.strictSame(
        culprits.flatMap(culprit => culprit.agents),
        leak === LEAK ? ['dd-trace'] : [],
      )
      t.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
      t.equal(timings.resumedAt?.length ?? 0, kills)
      t.equal(reportFile(report), await readFile(reportPath(outDir), 'utf8'))
      t.equal(reportFile((await judgeJournal(journalPath(outDir))).report), reportFile(report))
    }
  }
})

t.test('a run that had come to its end gives its report again', async t => {
  const outDir = fresh()
  const { report } = await simulate({ outDir, resume: true }, LEAK)
  const journal = await readFile(journalPath(outDir), 'utf8')
  // Killed between the last line of the journal and the report.
  await writeFile(reportPath(outDir), '{"old":true}')
  const again = await simulate({ outDir, resume: true, seed: 99, concurrency: 2 }, LEAK)
  t.match(again, { trials: 0, looks: 0 })
  t.equal(reportFile(again.report), reportFile(report))
  t.equal(await readFile(reportPath(outDir), 'utf8'), reportFile(report))
  t.equal(await readFile(journalPath(outDir), 'utf8'), journal)
})

t.test('more budget goes on where less had ended', async t => {
  const outDir = fresh()
  const resume = true
  t.equal((await simulate({ outDir, resume, budgetMs: 1 }, LEAK)).report.verdict, 'inconclusive')
  t.equal((await simulate({ outDir, resume, budgetMs: 1 }, LEAK)).report.verdict, 'inconclusive')
  t.match(await readJournal(journalPath(outDir)), { resumed: [{ type: 'resume' }] })
  t.equal((await simulate({ outDir, resume }, LEAK)).report.verdict, 'leak')
})

t.test('without resume nothing of an earlier run is written over', async t => {
  const outDir = join(fresh(), 'new', 'folder')
  await t.rejects(simulate({ outDir }, LEAK, 0), { message: 'killed' })
  await t.rejects(simulate({ outDir }, LEAK, 3), { message: 'killed' }, 'before the first trial ended')
  const advice = /: go on with it \(resume, --resume\), use another folder, or remove what is there$/
  const both = async (): Promise<readonly string[]> =>
    Promise.all([journalPath(outDir), reportPath(outDir)].map(async path => readFile(path, 'utf8')))
  await t.rejects(simulate({ outDir }, LEAK), { code: 'ERR_OUTPUT', message: advice })
  const finished = await simulate({ outDir, resume: true }, LEAK)
  t.equal(finished.report.verdict, 'leak', 'the refusal leaves no lock')
  const before = await both()
  const message = /has journal\.jsonl and report\.json, which would be lost/
  await t.rejects(simulate({ outDir }, TWIN), { code: 'ERR_OUTPUT', message })
  t.strictSame(await both(), before)
  await rm(journalPath(outDir))
  await t.rejects(simulate({ outDir }, TWIN), { code: 'ERR_OUTPUT', message: /but it has report\.json, / })
  await rm(reportPath(outDir))
  t.equal((await simulate({ outDir }, TWIN)).report.verdict, 'clean', 'an empty folder is as good as none')
})

t.test('with resume and nothing there a run starts', async t => {
  const outDir = join(fresh(), 'new', 'folder')
  t.ok((await simulate({ outDir, resume: true }, LEAK)).trials > 5)
})

t.test('another experiment is not gone on with', async t => {
  const outDir = fresh()
  await t.rejects(simulate({ outDir }, LEAK, 3), { message: 'killed' })
  const journal = await readFile(journalPath(outDir), 'utf8')
  const { agents = [] } = options
  for (const [other, message] of [
    [{ operations: 640 }, /but settings\.operations, options\.operations differ: use what it was begun with/],
    [{ errorRate: 0.01 }, /settings\.errorRate, options\.errorRate differ/],
    [{ agents: agents.slice(0, 1) }, /settings\.agents, options\.agents differ/],
    [{ entry: { file: options.entry as string, args: ['--cluster'] } }, /options\.entry differs/],
  ] as const) {
    await t.rejects(simulate({ outDir, resume: true, ...other }, LEAK), { code: 'ERR_JOURNAL', message })
  }
  t.equal(await readFile(journalPath(outDir), 'utf8'), journal, 'it is left as it is')
  const { run } = await readJournal(journalPath(outDir))
  t.strictSame(differing(run, { ...run, startedAt: 'later', warnings: [] }), [])
  const { environment } = run
  t.strictSame(differing(run, { ...run, environment: { ...environment, node: '22.0.0' } }), [
    'environment.node',
  ])
  await writeFile(journalPath(outDir), 'no journal\n')
  await t.rejects(isolateLeak({ ...options, outDir, resume: true }), {
    code: 'ERR_JOURNAL',
    message: /line 1/,
  })
  await writeFile(journalPath(outDir), journal)
  const { report } = await simulate({ outDir, resume: true }, LEAK)
  t.equal(report.verdict, 'leak', 'no lock is left by the refusals')
})
