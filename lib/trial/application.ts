import { spawn } from 'node:child_process'
import { endGroup } from '../system/end-group.js'
import { MARKER } from '../system/marked-processes.js'
import { outputTail, type OutputTail } from '../system/output-tail.js'
import { platform } from '../system/platform.js'
import { processEnd, type ProcessEnd } from '../system/process-end.js'

/** A running application with everything it started. */
export interface Application extends ProcessEnd {
  readonly pid: number
  readonly output: OutputTail
  /**
   * Ends the process group, SIGTERM first, SIGKILL after a second, then whatever left the group. Resolves when nothing is left.
   */
  end(): Promise<void>
}

/** What is started: an exact command line and an exact environment. */
export interface ApplicationCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Value of the marker variable, unique for this launch: the run's, a dot, and one of its own. */
  readonly marker: string
}

/**
 * Starts the application in a process group of its own.
 * @throws the error of `spawn` when the command cannot be started
 */
export async function launchApplication(command: ApplicationCommand): Promise<Application> {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...command.env, [MARKER]: command.marker },
    detached: platform.groups,
    stdio: [command.stdin === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const { exited, closed } = processEnd(child)
  const output = outputTail([child.stdout, child.stderr].filter(stream => stream !== null))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  // An application may close its input unread.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(command.stdin)

  const pid = child.pid as number
  let ending: Promise<void> | undefined
  const endOnce = async (): Promise<void> => {
    await endGroup(pid, exited, command.marker)
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  return {
    pid,
    exited,
    closed,
    output,
    end: () => (ending ??= endOnce()),
  }
}
