import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** What runs of this process have left behind at one moment, as lines to compare. Linux only. */
export interface Leftovers {
  /** Processes with their command lines, hosts and daemons among them. */
  readonly processes: readonly string[]
  /** Temporary files, folders and sockets. */
  readonly files: readonly string[]
  /** Sockets and pipes that this process itself holds open. */
  readonly handles: Readonly<Record<string, number>>
}

export interface Watch {
  leftovers(): Promise<Leftovers>
  close(): Promise<void>
}

const unlessGone = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined
    throw error
  }
}

const processesWith = async (variable: string): Promise<string[]> => {
  const ids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && name !== process.pid.toString())
  const found = await Promise.all(
    ids.map(async id => {
      const environment = await unlessGone(readFile(`/proc/${id}/environ`))
      if (environment?.includes(variable) !== true) return undefined
      const line = await unlessGone(readFile(`/proc/${id}/cmdline`, 'utf8'))
      // The command line of a process that has ended is empty.
      return line === undefined || line === '' ? undefined : `${id} ${line.replaceAll('\0', ' ')}`
    }),
  )
  return found.filter(line => line !== undefined).sort()
}

const openHandles = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = { socket: 0, pipe: 0 }
  for (const name of await readdir('/proc/self/fd')) {
    const kind = (await unlessGone(readlink(`/proc/self/fd/${name}`)))?.split(':')[0]
    if (kind !== undefined && kind in counts) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Where Node, from 22 on, keeps what npm and others have it compile, for the next time. */
const COMPILE_CACHE = 'node-compile-cache'

/**
 * Gives this process a temporary folder of its own, by which everything that it starts from now on is told from what
 * others run on the machine: the folder is in the environment of every descendant.
 */
export const watchLeftovers = async (): Promise<Watch> => {
  const usual = process.env.TMPDIR
  const folder = await mkdtemp(join(tmpdir(), 'watched-'))
  process.env.TMPDIR = folder
  return {
    leftovers: async () => ({
      processes: await processesWith(`TMPDIR=${folder}\0`),
      files: (await readdir(folder)).filter(name => name !== COMPILE_CACHE).sort(),
      handles: await openHandles(),
    }),
    close: async () => {
      if (usual === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = usual
      await rm(folder, { recursive: true })
    },
  }
}

/** Closed sockets and ended processes need a moment to disappear. */
const settledLeftovers = async (watch: Watch, wanted: Leftovers): Promise<Leftovers> => {
  for (let attempt = 0; attempt < 40; attempt++) {
    const now = await watch.leftovers()
    if (JSON.stringify(now) === JSON.stringify(wanted)) return now
    await sleep(50)
  }
  return watch.leftovers()
}

/** A test that ends with what it began with: whatever fails, nothing stays. */
export const leavingNothing =
  (watch: Watch) =>
  (t: Test, name: string, test: (t: Test) => Promise<unknown>): void => {
    void t.test(name, async t => {
      const before = await watch.leftovers()
      await test(t)
      t.strictSame(await settledLeftovers(watch, before), before, 'nothing is left behind')
    })
  }
