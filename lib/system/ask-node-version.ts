import { execFile } from 'node:child_process'
import { IsolateLeakError } from '../errors.js'
import { platform } from './platform.js'

/** Versions of a Node, without the `v`. */
export interface NodeVersions {
  readonly node: string
  readonly v8: string
}

const TIMEOUT_MS = 30_000
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot']

/**
 * Runs an executable once, in a nearly empty environment, to learn which Node it is.
 * @throws IsolateLeakError `ERR_NODE_UNUSABLE` when it does not run, is not Node, or does not answer within 30 s
 */
export async function askNodeVersion(nodePath: string): Promise<NodeVersions> {
  if (nodePath === process.execPath) return { node: process.versions.node, v8: process.versions.v8 }
  const env: Record<string, string> = {}
  for (const name of INHERITED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  const command = platform.exact(nodePath, ['-p', 'JSON.stringify(process.versions)'], env)
  const answer = await new Promise<string>((resolve, reject) => {
    const options = {
      env: command.env,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    } as const
    const child = execFile(command.file, command.args, options, (cause, stdout, stderr) => {
      if (cause === null) resolve(stdout)
      else
        reject(
          unusable(
            nodePath,
            cause.killed === true ? 'did not answer within 30 s' : said(stderr, cause),
            cause,
          ),
        )
    })
    child.stdin?.end()
  })
  const versions = parse(answer)
  if (versions === undefined)
    throw unusable(
      nodePath,
      `is not Node: asked for its versions, it answered '${answer.slice(0, 80).trim()}'`,
    )
  return versions
}

function parse(answer: string): NodeVersions | undefined {
  let versions: unknown
  try {
    versions = JSON.parse(answer)
  } catch {
    // Another program, which is reported as such.
    return undefined
  }
  const { node, v8, bun, deno } = (versions ?? {}) as Readonly<Record<string, unknown>>
  const isNode = typeof node === 'string' && typeof v8 === 'string' && bun === undefined && deno === undefined
  return isNode ? { node, v8 } : undefined
}

function said(stderr: string, cause: Error & { code?: unknown }): string {
  const line = stderr.trim().split('\n', 1)[0] ?? ''
  const end = typeof cause.code === 'number' ? `ended with exit code ${cause.code}` : cause.message
  return `does not run: it ${end}${line === '' ? '' : ` and wrote '${line}'`}`
}

function unusable(nodePath: string, problem: string, cause?: Error): IsolateLeakError {
  return new IsolateLeakError(
    'ERR_NODE_UNUSABLE',
    `nodePath ${nodePath} ${problem}`,
    cause === undefined ? undefined : { cause },
  )
}
