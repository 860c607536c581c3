import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from '../../../options/check/is-record.js'
import { isAlive, isVisible, thisProcess, toHolder, type Holder } from '../../../run/journal/holder.js'
import { writeWhole } from '../../../run/journal/line-file.js'
import { makeFolder } from '../../../system/make-folder.js'

/** Folder below that of a history with a file for every night that has begun and not ended. */
const OPEN = 'open'
/** A night of another machine is taken for killed when it is older. */
const LONGEST_NIGHT_MS = 6 * 3_600_000

/** A night that has begun. */
export interface OpenNight {
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
