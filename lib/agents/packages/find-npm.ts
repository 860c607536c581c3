import { dirname, join } from 'node:path'
import { isFile } from '../../system/file-exists.js'
import { findExecutable } from '../../system/find-executable.js'
import { packageError } from './package-error.js'

/** The npm client as a command line without a shell. */
export interface NpmCommand {
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
