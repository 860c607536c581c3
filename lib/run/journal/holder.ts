import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** What tells a process from others. */
export interface Holder {
  readonly pid: number
  readonly host: string
  /** What tells it from a later process with the same number; `null` where the platform does not say. */
  readonly started: string | null
  /**
   * What tells its machine from another of that name, such as two containers that share the network of their node: where numbers of
   * processes are counted together (Linux); `null` where the platform does not say.
   */
  readonly space: string | null
}

/** What tells this process from others. */
export async function thisProcess(): Promise<Holder> {
  const [started, space] = await Promise.all([startOf(process.pid), spaceOfProcesses()])
  return { pid: process.pid, host: hostname(), started, space }
}

/** A process as a file says it; `null`: the value is none. */
export function toHolder(value: Readonly<Record<string, unknown>>): Holder | null {
  const { pid, host, started, space } = value
  if (typeof pid !== 'number' || typeof host !== 'string') return null
  return { pid, host, started: textOrNull(started), space: textOrNull(space) }
}

/** Whether this process can see whether the other one lives. */
export async function isVisible({ host, space }: Holder): Promise<boolean> {
  if (host !== hostname()) return false
  const own = await spaceOfProcesses()
  return space === null || own === null || space === own
}

/** Whether a process that {@link isVisible} lives. */
export async function isAlive({ pid, started }: Holder): Promise<boolean> {
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

async function spaceOfProcesses(): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    return await readlink('/proc/self/ns/pid')
  } catch {
    // A kernel without namespaces, or no /proc: then the name of the machine has to do.
    return null
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
