import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { madeHistory } from '../../../bench/history/made-history.js'
import { appendNight } from '../../../lib/nightly/history/history-file.js'
import type { Night } from '../../../lib/nightly/history/night.js'
import {
  openNight,
  takeKilledNights,
  makeRunFolder,
  runFolders,
  startOfRun,
  unfinishedRun,
  retain,
} from '../../../lib/nightly/history/runs/open-nights.js'
import { lockFolder } from '../../../lib/run/journal/run-lock.js'

const root = await mkdtemp(join(tmpdir(), 'runs-'))
t.teardown(() => rm(root, { recursive: true, force: true }))
let count = 0
const fresh = (): string => join(root, String((count += 1)))
const END = '{"type":"end","totalMs":1}\n'
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 23, 2)

const addRun = async (
  history: string,
  start: number,
  journal = `{"type":"run"}\n${END}`,
): Promise<string> => {
  const path = await makeRunFolder(history, new Date(start))
  await writeFile(join(path, 'journal.jsonl'), journal)
  return path
}
const names = async (history: string): Promise<string[]> =>
  (await runFolders(history)).map(({ name }) => name)

t.test('folders of runs have the time as their name', async t => {
  const history = fresh()
  t.match(await makeRunFolder(history, new Date(NOW + 500)), /runs\/2026-11-23T02-00-00Z$/)
  t.match(await makeRunFolder(history, new Date(NOW)), /runs\/2026-11-23T02-00-00Z-2$/)
  t.strictSame(await names(history), [], 'without a journal it is none')
  t.equal(startOfRun('2026-11-23T02-00-00Z'), NOW)
  t.equal(startOfRun('2026-11-23T02-00-00Z-2'), NOW)
  for (const name of ['2026-11-23', 'x2026-11-23T02-00-00Z', '2026-99-23T02-00-00Z', '..'])
    t.equal(startOfRun(name), null)
})

t.test('only folders that were made for runs are removed, and no links are followed', async t => {
  const history = fresh()
  const [elsewhere, target] = [fresh(), fresh()]
  for (const age of [0, 1, 2, 3, 4]) await addRun(history, NOW - age * DAY)
  await addRun(elsewhere, NOW - 9 * DAY)
  await mkdir(target)
  await writeFile(join(target, 'journal.jsonl'), END)
  const runs = join(history, 'runs')
  await symlink(target, join(runs, '2026-01-01T00-00-00Z'))
  await mkdir(join(runs, '2026-01-02T00-00-00Z'))
  await mkdir(join(runs, '2026-01-03T00-00-00Z'))
  await symlink(join(target, 'journal.jsonl'), join(runs, '2026-01-03T00-00-00Z', 'journal.jsonl'))
  await mkdir(join(runs, 'mine'))
  await writeFile(join(runs, 'mine', 'journal.jsonl'), END)
  const oldest = join(runs, '2026-11-19T02-00-00Z')
  await symlink(target, join(oldest, 'link'))

  t.strictSame(await retain(history, { runs: 3 }, NOW), ['2026-11-20T02-00-00Z', '2026-11-19T02-00-00Z'])
  t.strictSame((await readdir(runs)).sort(), [
    ...['2026-01-01T00-00-00Z', '2026-01-02T00-00-00Z', '2026-01-03T00-00-00Z'],
    ...['2026-11-21T02-00-00Z', '2026-11-22T02-00-00Z', '2026-11-23T02-00-00Z', 'mine'],
  ])
  t.strictSame(await readdir(target), ['journal.jsonl'])

  const linked = fresh()
  await mkdir(linked)
  await symlink(join(elsewhere, 'runs'), join(linked, 'runs'))
  t.strictSame(await retain(linked, { days: 1 }, NOW), [])
  t.equal((await names(elsewhere)).length, 1)
})

t.test('the newest run, the last leak and a run that is being written stay', async t => {
  const history = fresh()
  const made = madeHistory({ seed: 1, deviation: 1, failed: 0, inconclusive: 0 })
  for (const age of [10, 20, 30, 40]) await addRun(history, NOW - age * DAY)
  const leak = (age: number): Night =>
    ({
      ...made[0],
      verdict: 'leak',
      run: `runs/${new Date(NOW - age * DAY).toISOString().slice(0, 13)}-00-00Z`,
    }) as Night
  await appendNight(history, leak(40))
  await appendNight(history, leak(30))
  const lock = await lockFolder(join(history, 'runs', '2026-11-03T02-00-00Z'))
  t.strictSame(await retain(history, { days: 5 }, NOW), ['2026-10-14T02-00-00Z'])
  await lock.release()
  t.strictSame(await retain(history, { days: 5 }, NOW), ['2026-11-03T02-00-00Z'])
  t.strictSame(await names(history), ['2026-11-13T02-00-00Z', '2026-10-24T02-00-00Z'])
  t.strictSame(await retain(history, {}, NOW), [], 'without limits all stay')
})

t.test('the newest run that was stopped can go on', async t => {
  const history = fresh()
  t.equal(await unfinishedRun(history), null)
  await addRun(history, NOW - 9 * DAY, '{"type":"run"}\n')
  await addRun(history, NOW - 8 * DAY)
  t.equal(await unfinishedRun(history), null, 'not one that is older than one that ended')
  const open = await addRun(history, NOW - 3 * DAY, '{"type":"run"}\n{"type":"trial"}\n{"type":"en')
  const locked = await addRun(history, NOW - 2 * DAY, '{"type":"run"}\n')
  await addRun(history, NOW - DAY, '{"type":"ru')
  const lock = await lockFolder(locked)
  t.equal(await unfinishedRun(history), open, 'not one that is being written, nor one that never began')
  await lock.release()
  t.equal(await unfinishedRun(history), locked)

  await writeFile(join(locked, 'commit.txt'), 'abcdef1\n')
  t.equal(await unfinishedRun(history, 'abcdef1'), locked)
  t.equal(await unfinishedRun(history, 'abcdef2'), open, 'not one of another commit')
  t.equal(await unfinishedRun(history), locked)

  const failed = (code: string): Night => ({
    ...{ schemaVersion: 1, startedAt: new Date(NOW - 2 * DAY).toISOString(), totalMs: 1, outcome: 'failed' },
    ...{ error: { code, message: '' }, run: 'runs/2026-11-21T02-00-00Z' },
  })
  await appendNight(history, failed('ERR_ABORTED'))
  t.equal(await unfinishedRun(history), locked, 'one that was stopped goes on')
  await appendNight(history, failed('ERR_ENTRY_CRASHED'))
  t.equal(await unfinishedRun(history), open, 'one that failed does not')
})

t.test('nights whose process is gone were killed', async t => {
  const history = fresh()
  t.strictSame(await takeKilledNights(history, NOW), [])
  const run = 'runs/2026-11-22T02-00-00Z'
  const startedAt = new Date(NOW - DAY).toISOString()
  const close = await openNight(history, { startedAt, run })
  t.strictSame(await takeKilledNights(history, NOW), [], 'this process lives')
  const closeAnother = await openNight(history, { startedAt, run })
  t.equal((await readdir(join(history, 'open'))).length, 2, 'one of the same moment has a note of its own')
  await close()
  await closeAnother()
  t.strictSame(await readdir(join(history, 'open')), [])

  const note = async (name: string, process: object): Promise<void> =>
    writeFile(join(history, 'open', name), JSON.stringify({ startedAt, run, process }))
  await note('gone.json', { pid: 2 ** 22 + 1, host: hostname(), started: '1' })
  await note('reused.json', { pid: process.pid, host: hostname(), started: '1' })
  await note('elsewhere.json', { pid: 1, host: 'elsewhere', started: null })
  const container = { pid: 2 ** 22 + 1, host: hostname(), started: '1', space: 'pid:[1]' }
  await note('container.json', container)
  await writeFile(join(history, 'open', 'damaged.json'), '{')
  const killed = await takeKilledNights(history, NOW - DAY + 3_600_000)
  t.match(killed, [
    { startedAt, run },
    { startedAt, run },
  ])
  t.strictSame(
    await readdir(join(history, 'open')),
    ['container.json', 'elsewhere.json'],
    'another machine or container is given some hours',
  )
  t.match(await takeKilledNights(history, NOW), [{ process: { pid: 2 ** 22 + 1 } }, { process: { pid: 1 } }])
  t.strictSame(await takeKilledNights(history, NOW), [], 'each is told once')
})
