import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { debugFor } from '../debug.js'
import { IsolateLeakError } from '../errors.js'

const debug = debugFor('journal')
const NAME = 'run.lock'

/** A folder that only this process writes to. */
export interface RunLock {
  release(): Promise<void>
}

/** What tells a process from others. */
export interface Holder {
  readonly pid: number
  readonly host: string
  /** What tells it from a later process with the same number; `null` where the platform does not say. */
  readonly started: string | null
}

/**
 * Takes a folder for one run, with a file `run.lock` in it. The lock of a process that is gone, or of another machine (a
 * container that a pipeline has thrown away), is taken over.
 * @throws IsolateLeakError `ERR_OUTPUT` while another process holds it, or when it cannot be written
 */
export async function lockFolder(folder: string): Promise<RunLock> {
  const path = join(folder, NAME)
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw unwritable(folder, cause)
  })
  const self = await thisProcess()
  for (let attempt = 0; ; attempt++) {
    if (await create(path, self)) break
    const holder = await heldBy(folder)
    if (holder !== null || attempt > 2) {
      throw new IsolateLeakError(
        'ERR_OUTPUT',
        `expected outDir ${folder} to be free, but process ${String(holder?.pid ?? 'unknown')} is writing to it`,
      )
    }
    debug('%s is left by a process that is gone', path)
    await rm(path, { force: true })
  }
  return { release: async () => rm(path, { force: true }) }
}

/** The living process that writes to a folder; `null`: none. */
export async function heldBy(folder: string): Promise<{ readonly pid: number } | null> {
  const holder = await readHolder(join(folder, NAME))
  return holder !== null && (await isAlive(holder)) ? holder : null
}

/** What tells this process from others. */
export async function thisProcess(): Promise<Holder> {
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid) }
}

async function create(path: string, self: Holder): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(`${JSON.stringify(self)}\n`).finally(async () => file.close())
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw unwritable(path, cause)
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>
    const { pid, host, started = null } = value
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host, started } : null
  } catch (error) {
    // Gone meanwhile, or half written by a process that was killed.
    debug('%s cannot be read: %o', path, error)
    return null
  }
}

/** Whether it is a process of this machine that lives. */
export async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  // Elsewhere than on Linux both are `null`: what has the number is taken for the holder.
  return (await startOf(pid)) === started
}

/**
 * When a process started, in ticks since the machine did (Linux, proc(5)); `null` also for one that has ended and only waits for its
 * parent to ask how.
 */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8')
    // The name of the command, which may hold anything, ends at the last bracket; the state is field 3, the start 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
  } catch {
    // Ended meanwhile.
    return null
  }
}

function unwritable(path: string, cause: unknown): IsolateLeakError {
  return new IsolateLeakError(
    'ERR_OUTPUT',
    `expected to write to outDir ${path}, got: ${(cause as Error).message}`,
    { cause },
  )
}
