import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { Exit } from './application.js'
import { endGroup } from './end-group.js'
import { MARKER } from './marked-processes.js'
import { platform } from './platform.js'

/** A command that runs to its end. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Ends the command and everything it started. */
  readonly signal?: AbortSignal | undefined
}

/** How a command ended, and all that it wrote. */
export interface CommandResult extends Exit {
  readonly stdout: string
  readonly stderr: string
}

const ENV_COMMAND = '/usr/bin/env'

/**
 * Runs a command without a shell, in a process group of its own, and waits for its end.
 * @throws the error of `spawn` when it cannot be started; the signal's reason when it was aborted, once nothing of it is left
 */
export async function runCommand(command: Command): Promise<CommandResult> {
  const { cwd, signal } = command
  signal?.throwIfAborted()
  const marker = `command-${randomUUID()}`
  const { file, args } = withoutNodeOptions(command)
  const child = spawn(file, args, {
    cwd,
    env: { ...command.env, [MARKER]: marker },
    detached: platform.groups,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const exited = new Promise<Exit>(resolve => {
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal })
    })
  })
  const written = Promise.all([text(child.stdout), text(child.stderr)])
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const pid = child.pid as number
  const killNow = (): void => {
    void platform.signalGroup(pid, 'SIGKILL')
  }
  process.once('exit', killNow)
  let ended: Promise<void> | undefined
  const end = (): void => {
    ended = endGroup(pid, exited, marker)
  }
  signal?.addEventListener('abort', end, { once: true })
  try {
    if (signal?.aborted === true && ended === undefined) end()
    const [stdout, stderr] = await written
    const exit = await exited
    await ended
    signal?.throwIfAborted()
    return { ...exit, stdout, stderr }
  } finally {
    signal?.removeEventListener('abort', end)
    process.off('exit', killNow)
  }
}

/** Test runners add themselves to the `NODE_OPTIONS` of every `spawn`, whatever `env` it is given. */
function withoutNodeOptions({ file, args, env }: Command): Pick<Command, 'file' | 'args'> {
  if (env.NODE_OPTIONS !== undefined || !existsSync(ENV_COMMAND)) return { file, args }
  return { file: ENV_COMMAND, args: ['-u', 'NODE_OPTIONS', file, ...args] }
}
