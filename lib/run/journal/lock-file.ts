import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { isRecord } from '../../options/check/is-record.js'
import { realTime } from '../../system/real-time.js'
import { isAlive, isVisible, thisProcess, toHolder, type Holder } from './holder.js'

/** A lock whose holder cannot be seen is stale when it has not been renewed for so long. */
export const EXPIRES_MS = 300_000

/** A lock file of this process. */
export interface OwnLock {
  readonly path: string
  /** What is in it, and in no other. */
  readonly text: string
}

/** A lock file of a process that lives, or may live. */
export interface OtherLock {
  readonly path: string
  /** `null`: the file does not say. */
  readonly holder: Holder | null
  /** When it was taken; `null`: the file does not say. */
  readonly since: string | null
  /** Since it was renewed, ms; `null` where its process is seen to live, however long that was ago. */
  readonly silentMs: number | null
}

/**
 * Takes a lock, also one that is stale: the process that held it has ended, or cannot be seen from here and has not renewed it for
 * {@link EXPIRES_MS}. Of all processes that ask at the same time one gets it.
 * @throws errors of the file system
 */
export async function takeLock(path: string): Promise<OwnLock | OtherLock> {
  const draft = `${path}.${randomUUID()}.part`
  const since = realTime.date().toISOString()
  const text = `${JSON.stringify({ ...(await thisProcess()), since, id: randomUUID() })}\n`
  try {
    // What stands at the path is whole from the first moment.
    await writeFile(draft, text, { flag: 'wx' })
    while (!(await place(draft, path))) {
      // The time of the file system, whose clock may be another machine's.
      const { mtimeMs } = await stat(draft)
      const found = await look(path, mtimeMs)
      if (found === 'stale') {
        // Who may replace it is settled by a lock as well: between a look at a file and what is done to it, it may be another.
        const right = await takeLock(`${path}.next`)
        if (!isOwn(right)) return right
        try {
          const still = await look(path, mtimeMs)
          if (still === 'stale') {
            await rename(draft, path)
            break
          }
        } finally {
          await dropLock(right)
        }
      } else if (found !== 'free') return found
    }
    return { path, text }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Removes a lock, unless another process has taken it over. */
export async function dropLock({ path, text }: OwnLock): Promise<void> {
  const found = await read(path)
  if (found?.text === text) await rm(path, { force: true })
}

/** The lock that another process, or this one, holds at a path; `null`: nobody does. */
export async function lockAt(path: string, nowMs: number): Promise<OtherLock | null> {
  const found = await look(path, nowMs)
  return found === 'free' || found === 'stale' ? null : found
}

export function isOwn(lock: OwnLock | OtherLock): lock is OwnLock {
  return 'text' in lock
}

/** Puts the draft where nothing is; `false`: there is something. */
async function place(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
  }
  // A file system without hard links: whoever sees half of the copy sees a new lock that does not say whose it is.
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function look(path: string, nowMs: number): Promise<'free' | 'stale' | OtherLock> {
  const found = await read(path)
  if (found === null) return 'free'
  const value = parse(found.text)
  const holder = toHolder(value)
  const since = typeof value.since === 'string' ? value.since : null
  if (holder !== null && (await isVisible(holder)))
    return (await isAlive(holder)) ? { path, holder, since, silentMs: null } : 'stale'
  const silentMs = Math.max(nowMs - found.renewedMs, 0)
  return silentMs < EXPIRES_MS ? { path, holder, since, silentMs } : 'stale'
}

async function read(path: string): Promise<{ readonly text: string; readonly renewedMs: number } | null> {
  try {
    const file = await open(path, 'r')
    try {
      const { mtimeMs } = await file.stat()
      return { text: await file.readFile('utf8'), renewedMs: mtimeMs }
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    // Half of one, or not one of this library's: it holds until it is old.
    return {}
  }
}
