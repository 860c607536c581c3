import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { debugFor } from './debug.js'

/**
 * The one seam between operating systems: how a command is started with exactly the environment it is given,
 * how a group of processes is ended, and where a local socket lives.
 */
interface Platform {
  /** Whether a child can lead a process group of its own. */
  readonly groups: boolean
  /** Command line that starts `file` with exactly `env`, whatever hooks the caller's test runner put into `spawn`. */
  exact(file: string, args: readonly string[], env: Readonly<Record<string, string>>): ExactCommand
  /**
   * Sends a signal to the process and everything below it, begun before it returns; answers whether somebody may still be there to act
   * on it.
   */
  signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean>
  /** Address of a new local socket or pipe; `folder` is private to the run. */
  socketPath(folder: string): string
}

interface ExactCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const ENV_COMMAND = '/usr/bin/env'

const posix: Platform = {
  groups: true,
  exact(file, args, env) {
    if (!existsSync(ENV_COMMAND)) return { file, args, env }
    const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    return { file: ENV_COMMAND, args: ['-i', ...assignments, file, ...args], env: {} }
  },
  signalGroup: async (pid, signal) => Promise.resolve(send(-pid, signal)),
  socketPath(folder) {
    return join(folder, `${randomUUID().slice(0, 8)}.sock`)
  },
}

const windows: Platform = {
  groups: false,
  exact(file, args, env) {
    return { file, args, env }
  },
  async signalGroup(pid) {
    await taskKill(pid)
    return send(pid, 0)
  },
  socketPath() {
    return `\\\\.\\pipe\\isolate-leak-${randomUUID()}`
  },
}

export const platform: Platform = process.platform === 'win32' ? windows : posix

const debug = debugFor('trial')

/** How `taskkill` is called. */
interface TaskKill {
  readonly command?: string
  readonly withinMs?: number
}

/**
 * Ends a process and those below it on Windows, which knows no signals and no groups, and waits until it is done. Where `taskkill` is
 * missing, fails or takes longer than `withinMs`, the process itself is ended without those below it.
 */
export async function taskKill(
  pid: number,
  { command = 'taskkill', withinMs = 10_000 }: TaskKill = {},
): Promise<void> {
  await new Promise<void>(resolve => {
    const options = { timeout: withinMs, killSignal: 'SIGKILL', windowsHide: true } as const
    execFile(command, ['/pid', String(pid), '/T', '/F'], options, (error, _stdout, stderr) => {
      if (error !== null) {
        debug('%s of process %d failed: %o %s', command, pid, error, stderr)
        send(pid, 'SIGKILL')
      }
      resolve()
    })
  })
}

/** Sends a signal to a process, or to a group by its negated number; answers whether there was anybody to receive it. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return true
    throw error
  }
}
