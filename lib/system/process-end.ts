import type { ChildProcess } from 'node:child_process'
import { realTime, settlesWithin } from './real-time.js'
import { platform } from './platform.js'
import { readFile, readdir } from 'node:fs/promises'

/** How a process ended. */
export interface Exit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** For messages: `ended with exit status 1`. */
export function exitInWords({ exitCode, signal }: Exit): string {
  return `ended with ${signal === null ? `exit status ${String(exitCode)}` : `signal ${signal}`}`
}

/** The two moments at which a process ends. */
export interface ProcessEnd {
  /** Resolves when the process itself has ended; the last that it wrote may not have been read yet. */
  readonly exited: Promise<Exit>
  /** Resolves when that has been read too, or a second later where something that it started keeps its output open. */
  readonly closed: Promise<Exit>
}

const GRACE_TURNS = 10
const GRACE_TURN_MS = 100

/** The end of a process that was just spawned; its output has to be read by somebody. */
export function processEnd(child: ChildProcess): ProcessEnd {
  const exited = new Promise<Exit>(resolve => {
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal })
    })
  })
  let isClosed = false
  const drained = new Promise<void>(resolve => {
    child.once('close', () => {
      isClosed = true
      resolve()
    })
  })
  // In turns: a timer alone may be over before a busy process has read anything.
  const grace = async (): Promise<void> => {
    for (let turn = 0; turn < GRACE_TURNS && !isClosed; turn++) await realTime.delay(GRACE_TURN_MS)
  }
  return {
    exited,
    closed: exited.then(async exit => {
      await Promise.race([drained, grace()])
      return exit
    }),
  }
}

const TERMINATE_GRACE_MS = 1_000
/** How long a killed process may take to disappear, which a large one does. */
const EXIT_LIMIT_MS = 5_000
const EXIT_POLL_MS = 25

/**
 * Ends the process group that `pid` leads, SIGTERM first, SIGKILL after a second, then whatever left the group and
 * carries `marker`. Resolves when nothing is left, or five seconds after SIGKILL: what hangs in the system cannot be ended.
 * @param exited resolves when the process itself has ended
 */
export async function endGroup(pid: number, exited: Promise<unknown>, marker: string): Promise<void> {
  const deadline = realTime.nowMs() + TERMINATE_GRACE_MS
  let alive = await platform.signalGroup(pid, 'SIGTERM')
  while (alive && realTime.nowMs() < deadline) {
    await realTime.delay(EXIT_POLL_MS)
    alive = groupAlive(pid)
  }
  if (alive) await platform.signalGroup(pid, 'SIGKILL')
  await settlesWithin(exited, EXIT_LIMIT_MS)
  await killMarked(marker)
}

function groupAlive(pid: number): boolean {
  try {
    process.kill(platform.groups ? -pid : pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Environment variable that every process of a run inherits, so that those that left its process group are found. */
export const MARKER = 'ISOLATE_LEAK_TRIAL'

/**
 * Processes whose environment carries `marker`, or a marker below it: `run` finds those of `run.1` and of `run.10`,
 * `run.1` only its own (Linux; elsewhere none are found and the process group is all that is ended).
 */
export async function markedProcesses(marker: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const wanted = ['\0', '.'].map(end => Buffer.from(`${MARKER}=${marker}${end}`))
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async pid => {
      if (pid === process.pid) return false
      try {
        const environment = await readFile(`/proc/${String(pid)}/environ`)
        return wanted.some(entry => environment.includes(entry))
      } catch {
        // Ended meanwhile, or another user's: not ours either way.
        return false
      }
    }),
  )
  return pids.filter((_, index) => found[index])
}

/** Kills what {@link markedProcesses} finds, again until nothing is left (a process may be forking meanwhile). */
export async function killMarked(marker: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const pids = await markedProcesses(marker)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    await realTime.delay(20 * (attempt + 1))
  }
}
