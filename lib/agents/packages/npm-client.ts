import { type CommandResult, runCommand } from '../../system/run-command.js'
import { debugFor } from '../../system/debug.js'
import { type ErrorCode, IsolateLeakError } from '../../errors.js'
import { delimiter, dirname, join } from 'node:path'
import { cleanEnvironment } from '../../system/clean-environment.js'
import { isFile, findExecutable } from '../../system/file-exists.js'
import { redactText } from '../../options/redact/redact-text.js'

const debug = debugFor('install')

// What a user's npmrc says otherwise must not change what is installed, or where.
const ALWAYS = [
  '--json',
  '--loglevel=error',
  '--logs-max=0',
  '--no-progress',
  '--no-update-notifier',
  '--no-audit',
  '--no-fund',
  '--no-color',
  '--no-global',
  '--no-workspaces',
  '--no-dry-run',
  '--no-engine-strict',
]

interface NpmRequest {
  readonly command: 'install' | 'pack' | 'view'
  readonly flags?: readonly string[]
  /** What stands behind the flags. */
  readonly operands: readonly string[]
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs the npm client and answers what it printed as JSON; `undefined` when it printed nothing.
 * @throws NpmFailure when npm fails
 * @throws IsolateLeakError `ERR_NPM_MISSING`, `ERR_ABORTED`
 */
export async function askNpm(request: NpmRequest): Promise<unknown> {
  const { command, flags = [], operands, cwd, signal } = request
  const env = npmEnvironment()
  const npm = findNpm(env, cwd)
  debug('npm %s %o', command, operands)
  const args = [...npm.args, command, ...retries(env), ...ALWAYS, ...flags, '--', ...operands]
  const result = await runCommand({ file: npm.file, args, cwd, env, signal }).catch((cause: unknown) => {
    if (signal?.aborted === true)
      throw new IsolateLeakError('ERR_ABORTED', 'the installation was aborted by its signal', { cause })
    throw packageError('ERR_NPM_MISSING', `npm cannot be started: ${String(cause)}`, { cause })
  })
  debug('npm %s ended with %s', command, result.exitCode ?? result.signal)
  if (result.exitCode !== 0) throw npmFailure(command, result)
  if (result.stdout.trim() === '') return undefined
  try {
    return JSON.parse(result.stdout)
  } catch (cause) {
    throw packageError('ERR_INSTALL', `npm ${command} answered something that is not JSON`, { cause })
  }
}

/** npm itself waits for more than a minute before it says that a registry does not answer. */
function retries(env: Readonly<Record<string, string>>): string[] {
  const isSet = Object.keys(env).some(name => /^npm_config_fetch_retr/i.test(name))
  return isSet ? [] : ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000']
}

/** How the registry is reached; everything else that `npm run` tells its children is about its own project. */
const KEPT =
  /^npm_config_(?:registry|cache|userconfig|globalconfig|ca|cafile|cert|key|strict_ssl|(?:https?_)?proxy|no_?proxy|offline|prefer_offline|fetch_\w+|maxsockets|before|min_release_age|@.*|\/\/.*)$/i

/** The environment for npm, as in a plain shell, with the caller's settings of how the registry is reached. */
export function npmEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const clean = cleanEnvironment(env).env
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && KEPT.test(name)) clean[name] = value
  }
  // npm is a script that looks for `node`.
  const pathName = Object.keys(clean).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
  clean[pathName] = [clean[pathName], dirname(process.execPath)].filter(Boolean).join(delimiter)
  return clean
}

/** The npm client as a command line without a shell. */
interface NpmCommand {
  readonly file: string
  readonly args: readonly string[]
}

/**
 * Finds npm on the PATH, else beside the Node of this process.
 * @throws IsolateLeakError `ERR_NPM_MISSING` when there is none
 */
export function findNpm(env: Readonly<Record<string, string>>, cwd: string): NpmCommand {
  const path = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? ''
  const found = findExecutable('npm', { cwd, path })
  if (found !== undefined && process.platform !== 'win32') return { file: found, args: [] }
  const beside = dirname(process.execPath)
  // A command file of Windows cannot be started without a shell: the script behind it can.
  const scripts = [
    ...(found === undefined ? [] : [join(dirname(found), 'node_modules')]),
    join(beside, 'node_modules'),
    join(beside, '..', 'lib', 'node_modules'),
  ].map(folder => join(folder, 'npm', 'bin', 'npm-cli.js'))
  const script = scripts.find(isFile)
  if (script !== undefined) return { file: process.execPath, args: [script] }
  throw packageError(
    'ERR_NPM_MISSING',
    `npm is needed to install packages, and was found neither on the PATH nor beside ${process.execPath}`,
  )
}

const MOST_LINES = 8

/** npm ended with an error; what it means depends on what was asked. */
class NpmFailure extends Error {
  override readonly name = 'NpmFailure'
  /** npm's own code, such as `E404`; empty when it gave none. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const UNREACHABLE =
  /^(?:ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|ESOCKETTIMEDOUT|ENETUNREACH|EHOSTUNREACH|EPROTO|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_SSL\w*|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|FETCH_ERROR|E5\d\d|E429|E40[137]|ENEEDAUTH)$/

export function isNpmFailure(error: unknown): error is NpmFailure {
  return error instanceof NpmFailure
}

/** Whether the registry did not answer, or would not. */
export function isUnreachable(failure: NpmFailure): boolean {
  return UNREACHABLE.test(failure.code)
}

/** The failure as npm describes it, else the last lines that it wrote; without secrets. */
export function npmFailure(command: string, result: CommandResult): NpmFailure {
  const { code = '', summary = '', detail = '' } = errorIn(result.stdout)
  const described = nonEmptyLines(`${summary}\n${detail}`).slice(0, MOST_LINES)
  const written = nonEmptyLines(result.stderr.replaceAll(/^npm (?:error|ERR!) ?/gm, '')).slice(-MOST_LINES)
  const lines = described.length === 0 ? written : described
  const end = result.signal === null ? `exit code ${String(result.exitCode)}` : result.signal
  const said = redactText(lines.join('\n'))
  return new NpmFailure(code, `npm ${command} ended with ${end}${said === '' ? '' : `: ${said}`}`)
}

function nonEmptyLines(text: string): string[] {
  const isOfLogs = /^(?:A complete log|Log files were not)/
  return text.split(/\r?\n/).filter(line => line.trim() !== '' && !isOfLogs.test(line))
}

function errorIn(stdout: string): { code?: string; summary?: string; detail?: string } {
  const start = stdout.indexOf('{')
  if (start < 0) return {}
  try {
    const { error } = JSON.parse(stdout.slice(start)) as { error?: Record<string, unknown> }
    return Object.fromEntries(Object.entries(error ?? {}).map(([name, value]) => [name, String(value)]))
  } catch {
    // Not npm's description of an error: what it wrote to stderr is all there is.
    return {}
  }
}

/** What goes wrong with packages. */
type PackageErrorCode = Extract<
  ErrorCode,
  | 'ERR_PACKAGE_UNKNOWN'
  | 'ERR_PACKAGE_VERSION'
  | 'ERR_REGISTRY'
  | 'ERR_NO_SPACE'
  | 'ERR_NPM_MISSING'
  | 'ERR_INSTALL'
>

export function packageError(
  code: PackageErrorCode,
  message: string,
  options?: ErrorOptions,
): IsolateLeakError {
  return new IsolateLeakError(code, message, options)
}

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']

/** An error of the file system in the cache folder, in words. */
export function cacheError(folder: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return packageError('ERR_NO_SPACE', `no space left for packages in ${folder}`, { cause })
  if (code !== undefined && UNWRITABLE.includes(code))
    return packageError(
      'ERR_INSTALL',
      `packages cannot be written to ${folder} (${code}); ISOLATE_LEAK_CACHE names another folder`,
      { cause },
    )
  return cause
}
