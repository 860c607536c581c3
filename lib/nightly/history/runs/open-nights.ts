import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile, readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../../../options/check/check-object.js'
import { type Holder, isAlive, isVisible, thisProcess, toHolder } from '../../../run/journal/holder.js'
import { writeWhole } from '../../../run/journal/line-file.js'
import { makeFolder } from '../../../system/file-exists.js'
import { readHistory } from '../history-file.js'
import { heldBy } from '../../../run/journal/run-lock.js'
import { debugFor } from '../../../system/debug.js'
import { formatDuration } from '../../../report/format/bytes.js'

/** Folder below that of a history with a file for every night that has begun and not ended. */
const OPEN = 'open'
/** A night of another machine is taken for killed when it is older. */
const LONGEST_NIGHT_MS = 6 * 3_600_000

/** A night that has begun. */
interface OpenNight {
  readonly startedAt: string
  /** Folder of its run, as in its line. */
  readonly run: string | null
  readonly process: Holder
}

/** Notes that a night has begun. The function that is given takes the note away. */
export async function openNight(
  history: string,
  { startedAt, run }: Pick<OpenNight, 'startedAt' | 'run'>,
): Promise<() => Promise<void>> {
  const parent = join(history, OPEN)
  await makeFolder(parent)
  const name = `${startedAt.replaceAll(':', '-')}-${randomUUID()}.json`
  const path = join(parent, name)
  const night: OpenNight = { startedAt, run, process: await thisProcess() }
  // A reader sees a whole note or none.
  await writeWhole(path, `${JSON.stringify(night)}\n`)
  return async () => rm(path, { force: true })
}

/** Takes away the notes of nights whose process is gone, and gives what they say: they were killed. Oldest first. */
export async function takeKilledNights(history: string, nowMs: number): Promise<readonly OpenNight[]> {
  const parent = join(history, OPEN)
  const names = await readdir(parent).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const killed: OpenNight[] = []
  for (const name of names.filter(one => one.endsWith('.json')).sort()) {
    const path = join(parent, name)
    const night = await readNight(path)
    if (night !== null && (await goesOn(night, nowMs))) continue
    if ((await taken(path)) && night !== null) killed.push(night)
  }
  return killed
}

/** Whether it was this process, and not another that begins a night as well, that took it away. */
async function taken(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

async function goesOn({ process, startedAt }: OpenNight, nowMs: number): Promise<boolean> {
  if (await isVisible(process)) return isAlive(process)
  return nowMs - Date.parse(startedAt) < LONGEST_NIGHT_MS
}

/** `null`: it was taken by another process, or never written to its end. */
async function readNight(path: string): Promise<OpenNight | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!isRecord(value)) return null
    const { startedAt, run } = value
    const process = isRecord(value.process) ? toHolder(value.process) : null
    if (typeof startedAt !== 'string' || process === null) return null
    return { startedAt, run: typeof run === 'string' ? run : null, process }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Folder below that of a history that holds a folder for every run. */
const RUNS = 'runs'

const NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-\d+)?$/

/** A folder that this library made for a run. */
interface RunFolder {
  readonly name: string
  readonly path: string
  readonly startedAtMs: number
}

/** `2026-11-23T02-00-00Z`. */
function runFolderName(startedAt: Date): string {
  return `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z`
}

/** When a run began, by the name of its folder, ms since 1970; `null`: that is no name of one. */
export function startOfRun(name: string): number | null {
  const [, day, hours, minutes, seconds] = NAME.exec(name) ?? []
  if (day === undefined) return null
  const ms = Date.parse(`${day}T${String(hours)}:${String(minutes)}:${String(seconds)}Z`)
  return Number.isNaN(ms) ? null : ms
}

/** Makes a folder for a run that begins now; runs of the same second get a number. */
export async function makeRunFolder(history: string, startedAt: Date): Promise<string> {
  const parent = join(history, RUNS)
  await makeFolder(parent)
  for (let number = 1; ; number++) {
    const path = join(parent, `${runFolderName(startedAt)}${number === 1 ? '' : `-${String(number)}`}`)
    try {
      await mkdir(path)
      return path
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/**
 * The runs below a history, newest first: folders (no links) that have the name of one and hold a journal. Where `runs`
 * itself is a link there are none.
 */
export async function runFolders(history: string): Promise<readonly RunFolder[]> {
  const parent = join(history, RUNS)
  if (!(await isPlain(parent, 'folder'))) return []
  const found: RunFolder[] = []
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    const startedAtMs = startOfRun(name)
    if (startedAtMs === null || !(await isPlain(path, 'folder'))) continue
    if (await isPlain(join(path, 'journal.jsonl'), 'file')) found.push({ name, path, startedAtMs })
  }
  return found.sort((a, b) => b.startedAtMs - a.startedAtMs || (a.name < b.name ? 1 : -1))
}

/** Whether it is a folder or a file itself, not a link to one. */
async function isPlain(path: string, kind: 'folder' | 'file'): Promise<boolean> {
  try {
    const stats = await lstat(path)
    return kind === 'folder' ? stats.isDirectory() : stats.isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Beside the journal: the commit of the application that the run is of. */
export const COMMIT_FILE = 'commit.txt'

/** Ends of a night after which its run may go on: it did not fail by itself. */
const STOPPED = ['ERR_ABORTED', 'ERR_KILLED']

/**
 * Folder of the newest run below a history that was killed or stopped, so that it can go on; `null`: there is none. Runs that
 * failed, that another process still writes, or that are older than one that came to its end, are left alone, and so are those
 * of another commit of the application.
 * @param commit of the application now; `null`: not known, then it is not compared
 * @throws IsolateLeakError `ERR_HISTORY` for a damaged history
 */
export async function unfinishedRun(history: string, commit: string | null = null): Promise<string | null> {
  const nights = await readHistory(history)
  for (const { name, path } of await runFolders(history)) {
    const failures = nights.filter(({ run, outcome }) => run === `runs/${name}` && outcome === 'failed')
    const last = failures.at(-1)
    const journal = await readFile(join(path, 'journal.jsonl'), 'utf8')
    if (hasEnd(journal)) return null
    if (!journal.includes('\n') || (await heldBy(path)) !== null) continue
    if (last?.outcome === 'failed' && !STOPPED.includes(last.error.code)) continue
    const begun = await readFile(join(path, COMMIT_FILE), 'utf8').catch(whenMissing)
    if (begun === null || commit === null || begun.trim() === commit) return path
  }
  return null
}

function whenMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

/** Whether the last whole line of a journal is that of its end. */
function hasEnd(journal: string): boolean {
  const lines = journal.split('\n').slice(0, -1)
  return lines.at(-1)?.startsWith('{"type":"end"') ?? false
}

const debug = debugFor('history')
const DAY_MS = 86_400_000

/** What is kept of the folders of runs. */
interface Retention {
  /** At most so many. */
  readonly runs?: number
  /** Those that are at most so old. */
  readonly days?: number
}

/**
 * Removes folders of runs below a history that are too many or too old, and gives their names. The newest one and the newest
 * one that found a leak always stay, as does what a process still writes. Only folders that this library made are removed: see
 * {@link runFolders}; links are not followed, and the lines of the history stay.
 * @param nowMs ms since 1970
 * @throws IsolateLeakError `ERR_HISTORY` for a damaged history
 */
export async function retain(
  history: string,
  { runs = Infinity, days = Infinity }: Retention,
  nowMs: number,
): Promise<readonly string[]> {
  const folders = await runFolders(history)
  const nights = await readHistory(history)
  const leaks = new Set(
    nights.flatMap(night => (night.outcome === 'finished' && night.verdict === 'leak' ? [night.run] : [])),
  )
  const lastLeak = folders.find(({ name }) => leaks.has(`runs/${name}`))
  const removed: string[] = []
  for (const [index, folder] of folders.entries()) {
    const ageMs = nowMs - folder.startedAtMs
    const tooMany = index >= runs
    if (!tooMany && ageMs <= days * DAY_MS) continue
    if (index === 0 || folder === lastLeak || (await heldBy(folder.path)) !== null) continue
    await rm(folder.path, { recursive: true, force: true })
    debug('removed %s: %s', folder.path, tooMany ? `more than ${runs} runs` : `${formatDuration(ageMs)} old`)
    removed.push(folder.name)
  }
  return removed
}
