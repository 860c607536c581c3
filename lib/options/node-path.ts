import semver from 'semver'
import { askNodeVersion } from '../system/ask-node-version.js'
import { findExecutable } from '../system/find-executable.js'
import { checkName } from './check/check-text.js'
import { isUrl, toPath } from './check/to-path.js'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedEntry } from './resolved.js'

const OLDEST = '16.0.0'

/**
 * The Node that runs the application, asked for its versions.
 * @throws IsolateLeakError `ERR_NODE_UNUSABLE` when it is missing, does not run or is older than 16
 */
export async function resolveNode(
  value: unknown,
  cwd: string,
): Promise<Pick<ResolvedEntry, 'nodePath' | 'nodeVersion' | 'v8Version'>> {
  const nodePath = value === undefined ? process.execPath : findNode(value, cwd)
  const { node, v8 } = await askNodeVersion(nodePath)
  if (semver.lt(node, OLDEST)) {
    throw new IsolateLeakError(
      'ERR_NODE_UNUSABLE',
      `nodePath ${nodePath} is Node ${node}; 16 or newer is needed`,
    )
  }
  return { nodePath, nodeVersion: node, v8Version: v8 }
}

function findNode(value: unknown, cwd: string): string {
  const isLocation = isUrl(value) || (typeof value === 'string' && value.startsWith('file:'))
  const command = isLocation ? toPath('entry.nodePath', value, cwd) : checkName('entry.nodePath', value)
  const pathExt = process.env.PATHEXT
  const places = { cwd, path: process.env.PATH ?? '', ...(pathExt === undefined ? {} : { pathExt }) }
  const found = findExecutable(command, places)
  if (found !== undefined) return found
  throw new IsolateLeakError(
    'ERR_NODE_UNUSABLE',
    `nodePath '${command}' is neither an executable file nor a command on the PATH`,
  )
}
