import { isPlainObject } from '../check/check-object.js'
import { checkNames } from '../check/check-names.js'
import { checkNodeArgs } from '../check/check-node-args.js'
import { checkText, checkTexts } from '../check/check-text.js'
import { checkVariables } from '../check/check-variables.js'
import { isFolder } from '../check/file-exists.js'
import { invalidOption } from '../check/invalid-option.js'
import { showValue } from '../check/show-value.js'
import { isUrl, toPath } from '../check/to-path.js'
import { findEntryFile } from './entry-file.js'
import { resolveNode } from './node-path.js'
import { resolveReady } from './ready.js'
import type { NamedWorkload, ResolvedEntry } from './resolved.js'

const NAMES = ['file', 'args', 'cwd', 'env', 'nodeArgs', 'nodePath', 'port', 'ready', 'stdin']

const LAST_PORT = 65_535

/**
 * Finds the program under test and the Node that runs it.
 *
 * @param cwd working directory of the caller
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, `ERR_ENTRY_NOT_FOUND` or `ERR_NODE_UNUSABLE`
 */
export async function resolveEntry(
  value: unknown,
  workload: NamedWorkload,
  cwd: string = process.cwd(),
): Promise<ResolvedEntry> {
  const entry = typeof value === 'string' || isUrl(value) ? { file: value } : value
  if (!isPlainObject(entry)) {
    throw invalidOption(`entry must be the path of a script or an object with file, got ${showValue(value)}`)
  }
  checkNames('entry', entry, NAMES)
  const { args, env, nodeArgs, nodePath, port, ready, stdin } = entry
  const checked = {
    file: findEntryFile(entry.file, cwd),
    args: args === undefined ? [] : checkTexts('entry.args', args),
    cwd: entry.cwd === undefined ? cwd : checkFolder('entry.cwd', entry.cwd, cwd),
    env: env === undefined ? {} : checkVariables('entry.env', env),
    nodeArgs: nodeArgs === undefined ? [] : checkNodeArgs('entry.nodeArgs', nodeArgs),
    ready: resolveReady(ready, workload),
    port: port === undefined ? null : checkPort(port),
    stdin: stdin === undefined ? '' : checkText('entry.stdin', stdin),
  }
  return { ...checked, ...(await resolveNode(nodePath, cwd)) }
}

function checkPort(value: unknown): number {
  if (Number.isInteger(value) && Number(value) > 0 && Number(value) <= LAST_PORT) return Number(value)
  throw invalidOption(`entry.port must be an integer from 1 to ${String(LAST_PORT)}, got ${showValue(value)}`)
}

function checkFolder(name: string, value: unknown, cwd: string): string {
  const folder = toPath(name, value, cwd)
  if (!isFolder(folder)) throw invalidOption(`${name} must be an existing folder, got ${folder}`)
  return folder
}
