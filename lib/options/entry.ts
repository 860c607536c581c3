import { isPlainObject } from './check/check-object.js'
import { checkNames } from './check/check-names.js'
import { checkNodeArgs } from './check/check-node-args.js'
import { checkText, checkTexts } from './check/check-text.js'
import { checkVariables } from './check/check-variables.js'
import { isFolder } from '../system/file-exists.js'
import { invalidOption } from './check/invalid-option.js'
import { showValue } from './check/show-value.js'
import { isUrl, toPath } from './check/to-path.js'
import { commandOf, resolveCommand } from './entry-command.js'
import { findEntryFile } from './entry-file.js'
import { resolveNode } from './node-path.js'
import { resolveReady } from './ready.js'
import type { ResolvedEntry } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'

const NAMES = ['file', 'command', 'args', 'cwd', 'env', 'nodeArgs', 'nodePath', 'port', 'ready', 'stdin']

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
    throw invalidOption(
      `entry must be the path of a script, a command line, or an object with file or command, got ${showValue(value)}`,
    )
  }
  checkNames('entry', entry, NAMES)
  const { env, nodeArgs, nodePath, port, ready, stdin } = entry
  const folder = entry.cwd === undefined ? cwd : checkFolder('entry.cwd', entry.cwd, cwd)
  const checked = {
    ...programOf(entry, workload, cwd, folder),
    cwd: folder,
    env: env === undefined ? {} : checkVariables('entry.env', env),
    nodeArgs: nodeArgs === undefined ? [] : checkNodeArgs('entry.nodeArgs', nodeArgs),
    ready: resolveReady(ready, workload),
    port: port === undefined ? null : checkPort(port),
    stdin: stdin === undefined ? '' : checkText('entry.stdin', stdin),
  }
  return { ...checked, ...(await resolveNode(nodePath, cwd)) }
}

function programOf(
  { file, command, args, nodeArgs }: Readonly<Record<string, unknown>>,
  workload: NamedWorkload,
  cwd: string,
  folder: string,
): Pick<ResolvedEntry, 'file' | 'args' | 'isCommand'> {
  const more = args === undefined ? [] : checkTexts('entry.args', args)
  const given = command ?? (typeof file === 'string' ? commandOf(file, cwd) : null)
  if (given === null) return { file: findEntryFile(file, cwd), args: more, isCommand: false }
  if (command !== undefined && file !== undefined)
    throw invalidOption(
      'entry has file or command, not both: file is a script for Node, command starts it in another way',
    )
  if (nodeArgs !== undefined)
    throw invalidOption(
      'entry.nodeArgs is for a script; of a command they go into its own line, or into NODE_OPTIONS of entry.env',
    )
  if (workload.kind === 'in-app')
    throw invalidOption(
      'inApp() works inside the process that is launched: it needs entry.file, the script that Node runs',
    )
  const found = resolveCommand(given, folder)
  return { file: found.file, args: [...found.args, ...more], isCommand: true }
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
