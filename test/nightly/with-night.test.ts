import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { IsolateLeakError } from '../../lib/errors.js'
import { readHistory } from '../../lib/nightly/history/history-file.js'
import type { ChosenFolder } from '../../lib/nightly/book.js'
import { withNight, type Run } from '../../lib/nightly/with-night.js'
import type { LeakNotification } from '../../lib/types/notification.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { createReport } from '../../lib/report/create-report.js'
import type { ReportData, RunEvent } from '../../lib/types/index.js'
import { resolvedOptions } from '../report/support/resolved-options.js'
import { cleanReport, leakReport } from '../report/support/sample-reports.js'

const root = await mkdtemp(join(tmpdir(), 'nightly-'))
t.teardown(() => rm(root, { recursive: true, force: true }))
let count = 0
const fresh = (): string => join(root, String((count += 1)))

const END = '{"type":"end","totalMs":1}\n'
const given = { entry: 'server.js', agents: [], workload: () => undefined } as unknown as IsolateLeakOptions

/** A run that leaves a journal and has this report; `started` is that of the report. */
const ending =
  (data: ReportData, seen: ChosenFolder[] = [], started: Date = new Date()): Run =>
  async (options, resolvedTo) => {
    seen.push(options)
    resolvedTo(resolvedOptions())
    if (options.outDir !== undefined) await writeFile(join(options.outDir, 'journal.jsonl'), END)
    return createReport({ ...data, timings: { ...data.timings, startedAt: started.toISOString() } })
  }
const throwing =
  (error: unknown): Run =>
  async options => {
    if (options.outDir !== undefined)
      await writeFile(join(options.outDir, 'journal.jsonl'), '{"type":"run"}\n')
    throw error
  }

t.test('without history and notify it is the run alone', async t => {
  const seen: ChosenFolder[] = []
  const report = await withNight(given, ending(cleanReport, seen))
  t.equal(report.verdict, 'clean')
  t.strictSame(seen, [{}], 'in the folder that the caller gave')
  const failure = new Error('no object')
  await t.rejects(withNight(5 as never, throwing(failure)), failure)
})

t.test('a night leaves a line and a folder, and tells what there is to tell', async t => {
  const history = fresh()
  const told: LeakNotification[] = []
  const seen: ChosenFolder[] = []
  const notify = (one: LeakNotification): unknown => told.push(one)
  await withNight(
    { ...given, history: { dir: history, commit: 'abcdef1' }, notify },
    ending(leakReport, seen),
  )
  await withNight({ ...given, history, notify }, ending(cleanReport, seen))
  await withNight({ ...given, history, notify, outDir: join(history, 'own') }, async (options, to) => {
    await mkdir(join(history, 'own'))
    return ending(cleanReport, seen)(options, to)
  })
  const nights = await readHistory(history)
  t.match(nights, [
    { outcome: 'finished', verdict: 'leak', versions: { application: { commit: 'abcdef1' } } },
    { outcome: 'finished', verdict: 'clean' },
    { outcome: 'finished', verdict: 'clean', run: 'own' },
  ])
  t.match(nights[0]?.run, /^runs\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
  t.equal(seen[0]?.outDir, join(history, nights[0]?.run ?? ''))
  t.notOk('history' in (seen[0] ?? {}) || 'notify' in (seen[0] ?? {}), 'the run knows nothing of it')
  t.match(told, [
    {
      event: 'leak',
      files: { folder: seen[0]?.outDir, report: /report\.json$/, journal: /journal\.jsonl$/ },
    },
    { event: 'recovery' },
  ])
  t.strictSame(await readdir(join(history, 'open')), [])
})

t.test('notify alone tells of a leak and of a failure', async t => {
  const told: LeakNotification[] = []
  const notify = [(one: LeakNotification): unknown => told.push(one)]
  await withNight({ ...given, notify }, ending(leakReport))
  await withNight({ ...given, notify }, ending(cleanReport))
  await t.rejects(withNight({ ...given, notify }, throwing(new Error('x'))), { message: 'x' })
  t.match(told, [
    { event: 'leak', files: null },
    { event: 'failed', error: { code: 'ERR_UNKNOWN', message: 'x' } },
  ])
})

t.test(
  'a run that fails has a line without secrets and is told; what was thrown stays what it is',
  async t => {
    const history = fresh()
    const told: LeakNotification[] = []
    const notify = (one: LeakNotification): unknown => told.push(one)
    process.env.SHOP_API_TOKEN = 'tok-1234567'
    t.teardown(() => delete process.env.SHOP_API_TOKEN)
    const error = new IsolateLeakError('ERR_ENTRY_CRASHED', 'the application said tok-1234567')
    await t.rejects(withNight({ ...given, history, notify }, throwing(error)), error)
    const refused = new IsolateLeakError('ERR_OPTION_INVALID', 'operations must be a number')
    const early: Run = async () => Promise.reject(refused)
    await t.rejects(withNight({ ...given, history, notify }, early), refused)
    t.match(await readHistory(history), [
      {
        outcome: 'failed',
        error: { code: 'ERR_ENTRY_CRASHED', message: 'the application said ***' },
        run: /^runs\//,
      },
      { outcome: 'failed', error: { code: 'ERR_OPTION_INVALID' }, run: null },
    ])
    t.match(told, [
      { event: 'failed', error: { message: 'the application said ***' } },
      { event: 'failed', files: null },
    ])
    t.equal((await readdir(join(history, 'runs'))).length, 1, 'a folder without a journal is removed')
  },
)

t.test('a night that was killed is told at the next start, once', async t => {
  const history = fresh()
  await mkdir(join(history, 'open'), { recursive: true })
  const startedAt = new Date(Date.now() - 3_600_000).toISOString()
  const holder = { pid: 2 ** 22 + 1, host: hostname(), started: null }
  const note = JSON.stringify({ startedAt, run: 'runs/2026-01-01T00-00-00Z', process: holder })
  await writeFile(join(history, 'open', 'x.json'), note)
  const told: LeakNotification[] = []
  const notify = (one: LeakNotification): unknown => told.push(one)
  for (let night = 0; night < 2; night++) await withNight({ ...given, history, notify }, ending(cleanReport))
  t.match(told, [{ event: 'failed', startedAt, error: { code: 'ERR_KILLED' } }])
  t.match(await readHistory(history), [
    { startedAt, totalMs: null, error: { code: 'ERR_KILLED' } },
    { verdict: 'clean' },
    { verdict: 'clean' },
  ])
})

t.test('with resume, a run that was killed goes on, and is no failure', async t => {
  const history = fresh()
  const run = 'runs/2026-01-01T00-00-00Z'
  const open = join(history, run)
  const holder = { pid: 2 ** 22 + 1, host: hostname(), started: null }
  const kill = async (): Promise<void> => {
    await mkdir(open, { recursive: true })
    await mkdir(join(history, 'open'), { recursive: true })
    await writeFile(join(open, 'journal.jsonl'), '{"type":"run"}\n')
    const note = JSON.stringify({ startedAt: '2026-01-01T00:00:00.000Z', run, process: holder })
    await writeFile(join(history, 'open', 'x.json'), note)
  }
  await kill()
  const seen: ChosenFolder[] = []
  const began = new Date('2026-01-01T00:00:00.000Z')
  await withNight({ ...given, history, resume: true }, ending(cleanReport, seen, began))
  t.match(seen, [{ outDir: open, resume: true }])
  t.match(await readHistory(history), [{ verdict: 'clean', run }])

  await withNight({ ...given, history, resume: true }, ending(cleanReport, seen))
  t.equal(seen[1]?.resume, false, 'there is nothing to go on with')
  t.not(seen[1]?.outDir, open)

  const other = fresh()
  const unlike: Run = async (options, to) => {
    if (options.resume === true) throw new IsolateLeakError('ERR_JOURNAL', 'another experiment')
    return ending(cleanReport, seen)(options, to)
  }
  await mkdir(join(other, run), { recursive: true })
  await writeFile(join(other, run, 'journal.jsonl'), '{"type":"run"}\n')
  await withNight({ ...given, history: other, resume: true }, unlike)
  t.equal((await readdir(join(other, 'runs'))).length, 2, 'another experiment begins anew')
  await t.rejects(withNight({ ...given, history: other, outDir: join(other, run), resume: true }, unlike), {
    code: 'ERR_JOURNAL',
  })
})

t.test('a notification that fails is one warning and changes nothing', async t => {
  const events: RunEvent[] = []
  const options = {
    ...given,
    notify: [{ url: 'http://127.0.0.1:1/s3cret' }, () => Promise.reject(new Error('no'))],
    // hurried: one try
    signal: AbortSignal.abort(),
    onEvent: (event: RunEvent) => events.push(event),
  }
  const report = await withNight(options, ending(leakReport))
  t.equal(report.verdict, 'leak')
  t.match(events, [{ type: 'warning', warning: { code: 'NOTIFY_FAILED', downgrades: false } }])
  t.equal(events.length, 1)
  t.notMatch(JSON.stringify(events), /s3cret/)
  await t.rejects(withNight({ ...options, onEvent: 5 as never }, throwing(new Error('first'))), {
    message: 'first',
  })
})

t.test('old folders are removed after a night', async t => {
  const history = fresh()
  for (let night = 0; night < 4; night++)
    await withNight({ ...given, history: { dir: history, runs: 2 } }, ending(cleanReport))
  t.equal((await readdir(join(history, 'runs'))).length, 2)
  t.equal((await readHistory(history)).length, 4, 'lines stay')
})

t.test('a history that cannot be used is an error before the run', async t => {
  await t.rejects(
    withNight({ ...given, history: fresh(), shard: { index: 1, count: 2 } }, ending(cleanReport)),
    {
      code: 'ERR_OPTION_INVALID',
    },
  )
  const history = fresh()
  await mkdir(history)
  await writeFile(join(history, 'history.jsonl'), 'x\n')
  const never: Run = async () => Promise.reject(new Error('it ran'))
  await t.rejects(withNight({ ...given, history }, never), { code: 'ERR_HISTORY', message: /line 1/ })
  t.equal(await readFile(join(history, 'history.jsonl'), 'utf8'), 'x\n')
  const file = fresh()
  await writeFile(file, '')
  await t.rejects(withNight({ ...given, history: file }, never), { code: 'ERR_OPTION_INVALID' })
  await t.rejects(withNight({ ...given, history: join(file, 'below') }, never), { code: 'ERR_HISTORY' })
  const wrong = [
    { dir: file },
    { dir: 'x', runs: 0 },
    { dir: 'x', days: -1 },
    { dir: 'x', ages: 1 },
    '',
    5,
    {},
  ]
  for (const value of wrong)
    await t.rejects(withNight({ ...given, history: value as never }, never), { code: 'ERR_OPTION_INVALID' })
})
