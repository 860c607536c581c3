import { runCommand } from '../../system/run-command.js'
import { debugFor } from '../../system/debug.js'
import { IsolateLeakError } from '../../errors.js'
import { findNpm } from './find-npm.js'
import { npmEnvironment } from './npm-environment.js'
import { npmFailure } from './npm-failure.js'
import { packageError } from './package-error.js'

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

export interface NpmRequest {
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
