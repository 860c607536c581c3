import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { platform } from './platform.js'
import { processEnd, type Exit, endGroup, MARKER } from './process-end.js'

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
  const { exited, closed } = processEnd(child)
  const stdout = allOf(child.stdout)
  const stderr = allOf(child.stderr)
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
    const exit = await closed
    await ended
    signal?.throwIfAborted()
    return { ...exit, stdout: stdout(), stderr: stderr() }
  } finally {
    // Something that it started may keep them open.
    child.stdout.destroy()
    child.stderr.destroy()
    signal?.removeEventListener('abort', end)
    process.off('exit', killNow)
  }
}

function allOf(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => (text += chunk))
  // A pipe that breaks when the process dies has nothing more to say.
  stream.on('error', () => undefined)
  return () => text
}

/** Test runners add themselves to the `NODE_OPTIONS` of every `spawn`, whatever `env` it is given. */
function withoutNodeOptions({ file, args, env }: Command): Pick<Command, 'file' | 'args'> {
  if (env.NODE_OPTIONS !== undefined || !existsSync(ENV_COMMAND)) return { file, args }
  return { file: ENV_COMMAND, args: ['-u', 'NODE_OPTIONS', file, ...args] }
}
