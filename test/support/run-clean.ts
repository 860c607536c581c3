import { spawn } from 'node:child_process'

export interface CleanRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CleanRunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** The whole process group is killed after it. */
  readonly timeoutMs: number
}

const kept =
  /^(PATH|HOME|USER|LANG|TMPDIR|CI|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|npm_config_(registry|cache|userconfig|cafile))$/i

/**
 * Runs a command as a user would from a shell. The test runner adds its hooks to every child in
 * `ChildProcess.prototype.spawn`, whatever `env` says; what `env -i` starts is out of their reach.
 */
export const runClean = (
  command: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs }: CleanRunOptions,
): Promise<CleanRun> => {
  const variables = { ...inherited(), ...env }
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/env', ['-i', ...assignments, command, ...args], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, timeoutMs)
    child.once('error', reject).once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, ...output })
    })
  })
}

const inherited = (): Record<string, string> => {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && kept.test(name)) variables[name] = value
  }
  return variables
}
