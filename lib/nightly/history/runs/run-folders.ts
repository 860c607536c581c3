import { lstat, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../../system/make-folder.js'

/** Folder below that of a history that holds a folder for every run. */
export const RUNS = 'runs'

const NAME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-\d+)?$/

/** A folder that this library made for a run. */
export interface RunFolder {
  readonly name: string
  readonly path: string
  readonly startedAtMs: number
}

/** `2026-11-23T02-00-00Z`. */
export function runFolderName(startedAt: Date): string {
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
