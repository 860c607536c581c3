import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { send } from './send-signal.js'
import { taskKill } from './task-kill.js'

/**
 * The one seam between operating systems: how a command is started with exactly the environment it is given,
 * how a group of processes is ended, and where a local socket lives.
 */
export interface Platform {
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

export interface ExactCommand {
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
