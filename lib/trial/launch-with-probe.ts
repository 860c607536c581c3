import { delimiter, dirname } from 'node:path'
import { launchApplication, type Application } from './application.js'
import type { ProbeSettings } from '../probe/protocol.cjs'
import { commandPath } from '../options/entry-command.js'
import { PRELOAD } from './probe-preload.js'
import { TrialFailed } from './trial-stop.js'
import type { LaunchSpec } from './types.js'

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
