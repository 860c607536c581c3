import { delimiter, dirname } from 'node:path'
import type { ProbeSettings } from '../probe/protocol.cjs'
import { commandPath } from '../options/entry.js'
import { PRELOAD } from './probe-preload.js'
import { TrialFailed } from './trial-stop.js'
import type { LaunchSpec } from './types.js'
import { spawn } from 'node:child_process'
import { type OutputTail, outputTail } from '../system/output-tail.js'
import { platform } from '../system/platform.js'
import { type ProcessEnd, processEnd, endGroup, MARKER } from '../system/process-end.js'

/** The value of NODE_OPTIONS under which the probe comes before everything else that it names. */
export function nodeOptionsWithProbe(launch: LaunchSpec): string {
  const own = launch.env['NODE_OPTIONS'] ?? ''
  const preloads = launch.isCommand ? (preloadsOf(launch).preloads?.options ?? '') : ''
  return [`--require ${quoted(PRELOAD)}`, own, preloads].filter(text => text !== '').join(' ')
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** What the processes that the application starts get of its agents' preloads, as settings of the probe. */
export function preloadsOf({ preloads }: Pick<LaunchSpec, 'preloads'>): Pick<ProbeSettings, 'preloads'> {
  if (preloads.length === 0) return {}
  const options = preloads.map(({ kind, file }) => `--${kind} ${quoted(file)}`).join(' ')
  return { preloads: { options, files: preloads.map(({ file }) => file) } }
}

/** Commands of packages are found as a package manager finds them, and `node` is the one that was asked for. */
function pathOf({ cwd, env, nodePath }: LaunchSpec): Readonly<Record<string, string>> {
  const name = Object.keys(env).find(key => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { [name]: [dirname(nodePath), commandPath(cwd, env[name] ?? '')].join(delimiter) }
}

/**
 * Starts the application as planned, with the probe before all agents.
 * @throws TrialFailed of kind `spawn-failed`
 */
export async function launchWithProbe(
  launch: LaunchSpec,
  settings: ProbeSettings,
  marker: string,
): Promise<Application> {
  const { command, nodePath, nodeArgs, file, args, cwd, env, stdin } = launch
  const node = launch.isCommand ? [] : [nodePath, ...nodeArgs]
  const [first = file, ...rest] = [...command, ...node, file, ...args]
  try {
    return await launchApplication({
      file: first,
      args: rest,
      cwd,
      env: {
        ...env,
        ...(launch.isCommand ? pathOf(launch) : {}),
        NODE_OPTIONS: nodeOptionsWithProbe(launch),
        ISOLATE_LEAK_PROBE: JSON.stringify(settings),
      },
      stdin,
      marker,
    })
  } catch (error) {
    throw new TrialFailed({
      phase: 'launch',
      kind: 'spawn-failed',
      message: `${first} could not be started: ${(error as Error).message}`,
      cause: error as Error,
    })
  }
}

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
