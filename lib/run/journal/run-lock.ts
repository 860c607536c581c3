import { constants, copyFile, link, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { debugFor } from '../../system/debug.js'
import { IsolateLeakError } from '../../errors.js'
import { realTime } from '../../system/real-time.js'
import { makeFolder } from '../../system/file-exists.js'
import { randomUUID } from 'node:crypto'
import { isRecord } from '../../options/check/check-object.js'
import { type Holder, isAlive, isVisible, thisProcess, toHolder } from './holder.js'

const debug = debugFor('journal')
const NAME = 'run.lock'
const RENEW_MS = 30_000

/** A folder that only this process writes to. */
export interface RunLock {
  /** Leaves the folder to others; a lock that another process has taken over stays. */
  release(): Promise<void>
}

/**
 * Takes a folder for one run, with a file `run.lock` in it. The lock of a process that is gone is taken over. Whether a process of another
 * machine, or another container, is gone cannot be seen: it renews its lock, which is taken over when it has not done so for five
 * minutes.
 * @param renewMs how often the lock is renewed
 * @throws IsolateLeakError `ERR_OUTPUT` while another process holds it, or when it cannot be written
 */
export async function lockFolder(folder: string, renewMs: number = RENEW_MS): Promise<RunLock> {
  const path = join(folder, NAME)
  try {
    await makeFolder(folder)
    const lock = await takeLock(path)
    if (isOwn(lock)) return await renewing(lock, renewMs)
    throw new IsolateLeakError('ERR_OUTPUT', `expected outDir ${folder} to be free, but ${whose(lock)}`)
  } catch (cause) {
    if (cause instanceof IsolateLeakError) throw cause
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write to outDir ${folder}, got: ${message}`, {
      cause,
    })
  }
}

/** The process that writes to a folder; `null`: none. */
export async function heldBy(folder: string): Promise<{ readonly pid: number | null } | null> {
  const lock = await lockAt(join(folder, NAME), realTime.date().getTime())
  return lock === null ? null : { pid: lock.holder?.pid ?? null }
}

async function renewing(lock: OwnLock, renewMs: number): Promise<RunLock> {
  // Open for as long as it is held: what another process has put in its place is not touched.
  const file = await open(lock.path, 'r+').catch(async (error: unknown) => {
    await dropLock(lock)
    throw error
  })
  const stop = realTime.every(renewMs, () => {
    file
      .write(lock.text, 0)
      .then(async () => file.datasync())
      .catch((error: unknown) => {
        debug('%s is not renewed: %o', lock.path, error)
      })
  })
  return {
    async release() {
      stop()
      await file.close()
      await dropLock(lock)
    },
  }
}

function whose({ path, holder, since, silentMs }: OtherLock): string {
  const who = holder === null ? 'an unknown process' : `process ${String(holder.pid)}`
  const when = since === null ? '' : ` since ${since}`
  if (silentMs === null) return `${who} is writing to it${when}`
  const [silent, expires] = [silentMs, EXPIRES_MS].map(ms => String(Math.round(ms / 1_000)))
  return (
    `${who} of ${holder?.host ?? 'an unknown machine'} is writing to it${when}; its last sign of life is ${String(silent)} s old. ` +
    `If that machine or container is gone, remove ${path}, or wait: it is free after ${String(expires)} s without one`
  )
}

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
