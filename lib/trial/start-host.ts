import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { platform } from '../system/platform.js'
import { ownPlugAndPlay } from '../system/plug-and-play.js'

/** Variables that a plain Node process needs and that carry nothing of a test runner. */
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'DEBUG',
  'SystemRoot',
  'PATHEXT',
]

/** The host's process: its stdin and stdout are the channel, stderr is for messages. */
export type HostProcess = ChildProcess & {
  readonly stdin: NonNullable<ChildProcess['stdin']>
  readonly stdout: NonNullable<ChildProcess['stdout']>
  readonly stderr: NonNullable<ChildProcess['stderr']>
}

/**
 * Starts the trial host on the caller's own Node, in a process group of its own so that a Ctrl-C meant for the caller
 * does not reach it. The environment is exact even where the caller's test runner adds itself to every `spawn`
 * (tap's processinfo does so even to an explicit clean `env`).
 */
export function startHost(): HostProcess {
  const script = fileURLToPath(new URL('./host.js', import.meta.url))
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  const options = ownPlugAndPlay()?.options.flat() ?? []
  const command = platform.exact(process.execPath, [...options, script], env)
  return spawn(command.file, command.args, {
    env: command.env,
    detached: platform.groups,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
}
