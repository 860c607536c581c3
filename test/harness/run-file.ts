import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { projectPath } from '../support/project-path.js'
import { countsOf, failuresOf, type Counts } from './read-tap.js'

/** What became of a test file. */
export interface FileResult {
  readonly file: string
  readonly counts: Counts
  readonly durationMs: number
  /** What to show; empty when all is well. */
  readonly trouble: readonly string[]
}

const LAST_LINES = 40
const groups = new Set<number>()

/** Ends everything that test files have started in their groups. */
export const endAll = (): void => {
  for (const pid of groups) killGroup(pid)
}

/** Runs a file of the tests in a process and a group of its own; its output is kept in `.cache/test-output`. */
export const runFile = async (file: string, limitMs: number): Promise<FileResult> => {
  const startedAtMs = performance.now()
  const compiled = projectPath('.cache', 'js', file.replace(/\.ts$/, '.js'))
  const child = spawn(process.execPath, ['--enable-source-maps', compiled], {
    cwd: projectPath(),
    detached: true,
    env: { ...process.env, TAP_TIMEOUT: String(limitMs / 1000) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const trouble: string[] = []
  const limit = setTimeout(() => {
    trouble.push(`did not end within ${String(limitMs / 1000)} s`)
    if (pid !== undefined) killGroup(pid)
  }, limitMs)
  const ending = await new Promise<string | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => {
      resolve(status === 0 ? null : `ended with ${signal ?? `status ${String(status)}`}`)
    })
  })
  clearTimeout(limit)
  if (pid !== undefined && killGroup(pid)) trouble.push('left processes behind')
  if (pid !== undefined) groups.delete(pid)
  keep(file, output)
  const counts = countsOf(output)
  if (counts === null) trouble.push('came to no end')
  if (ending !== null) trouble.push(ending)
  const failures = failuresOf(output)
  const shown = failures.length > 0 ? failures : output.trimEnd().split('\n').slice(-LAST_LINES)
  return {
    file,
    counts: {
      pass: counts?.pass ?? 0,
      fail: Math.max(counts?.fail ?? 0, trouble.length > 0 ? 1 : 0),
      skip: counts?.skip ?? 0,
    },
    durationMs: performance.now() - startedAtMs,
    trouble: trouble.length === 0 ? [] : [trouble.join(', '), ...shown],
  }
}

const keep = (file: string, output: string): void => {
  const path = projectPath('.cache', 'test-output', `${file}.tap`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, output)
}

/** Whether there was something to kill. */
const killGroup = (pid: number): boolean => {
  try {
    process.kill(-pid, 'SIGKILL')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
