import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { debugFor } from '../../system/debug.js'
import { IsolateLeakError } from '../../errors.js'
import { realTime } from '../../system/real-time.js'
import { makeFolder } from '../../system/make-folder.js'
import { dropLock, EXPIRES_MS, isOwn, lockAt, takeLock, type OtherLock, type OwnLock } from './lock-file.js'

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
