import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'
import { projectPath } from './project-path.js'

/**
 * Starts a script that calls the library, to be stopped or killed. From an environment of its own: the hooks of the test runner
 * forward signals to their children.
 */
export const spawnCaller = (
  file: string,
  ...args: readonly string[]
): ChildProcessByStdio<null, Readable, null> => {
  const { PATH = '', TMPDIR = '/tmp' } = process.env
  return spawn('/usr/bin/env', ['-i', `PATH=${PATH}`, `TMPDIR=${TMPDIR}`, process.execPath, file, ...args], {
    cwd: projectPath(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
