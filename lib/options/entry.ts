import { invalidOption, isPlainObject, showValue } from './check/check-object.js'
import * as v from 'valibot'
import { nodeArgs, nonEmpty, portNumber, text, texts, variables } from './check/fields.js'
import { optionsOf, parse } from './check/parse.js'
import { findExecutable, isFile, isFolder } from '../system/file-exists.js'
import { isUrl, toPath } from './check/to-path.js'
import type { ResolvedEntry, ResolvedReady } from './resolved.js'
import type { NamedWorkload } from '../types/workload.js'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import { types } from 'node:util'
import type { IsolateLeakOptions, ReadyContext } from './types.js'
import semver from 'semver'
import { askNodeVersion } from '../system/ask-node-version.js'
import { closeSync, openSync, readSync } from 'node:fs'

/** Checked where it is looked for. */
const later = v.optional(v.unknown())

const ENTRY = optionsOf({
  file: later,
  command: later,
  args: v.optional(texts, []),
  cwd: later,
  env: v.optional(variables, {}),
  nodeArgs: v.optional(nodeArgs),
  nodePath: later,
  port: v.optional(portNumber),
  ready: later,
  stdin: v.optional(text, ''),
})

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
  const given = parse(ENTRY, entry, 'entry')
  const folder = given.cwd === undefined ? cwd : checkFolder('entry.cwd', given.cwd, cwd)
  const checked = {
    ...programOf(given, workload, cwd, folder),
    cwd: folder,
    env: given.env,
    nodeArgs: given.nodeArgs ?? [],
    ready: resolveReady(given.ready, workload),
    port: given.port ?? null,
    stdin: given.stdin,
  }
  return { ...checked, ...(await resolveNode(given.nodePath, cwd)) }
}

/** The entry as it was given, on this Node. What is no entry stays what it is, to be refused where all are. */
export function entryOn(entry: IsolateLeakOptions['entry'], nodePath: string): IsolateLeakOptions['entry'] {
  if (typeof entry === 'string' || entry instanceof URL) return { file: entry, nodePath }
  return isPlainObject(entry) ? { ...entry, nodePath } : entry
}

function programOf(
  { file, command, args, nodeArgs }: v.InferOutput<typeof ENTRY>,
  workload: NamedWorkload,
  cwd: string,
  folder: string,
): Pick<ResolvedEntry, 'file' | 'args' | 'isCommand'> {
  const given = command ?? (typeof file === 'string' ? commandOf(file, cwd) : null)
  if (given === null) return { file: findEntryFile(file, cwd), args, isCommand: false }
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
  return { file: found.file, args: [...found.args, ...args], isCommand: true }
}

function checkFolder(name: string, value: unknown, cwd: string): string {
  const folder = toPath(name, value, cwd)
  if (!isFolder(folder)) throw invalidOption(`${name} must be an existing folder, got ${folder}`)
  return folder
}

/**
 * The script that `node <path>` would run: the file itself, the file with its extension left out, or the main file
 * of a folder.
 * @throws IsolateLeakError `ERR_ENTRY_NOT_FOUND`
 */
function findEntryFile(value: unknown, cwd: string): string {
  const path = toPath('entry.file', value, cwd)
  if (basename(path) === 'package.json') {
    const hint = "to run what it names, give a command: 'npm start'"
    throw new IsolateLeakError('ERR_ENTRY_NOT_FOUND', `entry: ${path} is no script; ${hint}`)
  }
  if (isFile(path)) return path
  try {
    return createRequire(join(cwd, 'resolve.js')).resolve(path)
  } catch (cause) {
    throw new IsolateLeakError(
      'ERR_ENTRY_NOT_FOUND',
      `entry: there is no script ${path}; a command line is an entry as well, for example 'npm start'`,
      { cause },
    )
  }
}

/**
 * When the workload may start. By default as soon as the application listens, and for workloads that need no server
 * as soon as it runs.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
function resolveReady(value: unknown, workload: NamedWorkload): ResolvedReady {
  if (value === undefined) return { kind: needsServer(workload) ? 'listening' : 'running' }
  if (value === 'listening' || value === 'running') return { kind: value }
  // With g or y a RegExp goes on from its last match and would miss every second line.
  if (types.isRegExp(value)) {
    return { kind: 'output', pattern: new RegExp(value.source, value.flags.replaceAll(/[gy]/g, '')) }
  }
  if (typeof value === 'function')
    return { kind: 'function', check: value as (context: ReadyContext) => unknown }
  throw invalidOption(
    `entry.ready must be 'listening', 'running', a RegExp for a line of output or a function, got ${showValue(value)}`,
  )
}

function needsServer({ kind }: NamedWorkload): boolean {
  return kind === 'http' || kind === 'command' || kind === 'function'
}

const OLDEST = '16.0.0'

/**
 * The Node that runs the application, asked for its versions.
 * @throws IsolateLeakError `ERR_NODE_UNUSABLE` when it is missing, does not run or is older than 16
 */
async function resolveNode(
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
  const command = isLocation ? toPath('entry.nodePath', value, cwd) : parse(nonEmpty, value, 'entry.nodePath')
  const pathExt = process.env.PATHEXT
  const places = { cwd, path: process.env.PATH ?? '', ...(pathExt === undefined ? {} : { pathExt }) }
  const found = findExecutable(command, places)
  if (found !== undefined) return found
  throw new IsolateLeakError(
    'ERR_NODE_UNUSABLE',
    `nodePath '${command}' is neither an executable file nor a command on the PATH`,
  )
}

/** A command line that starts the application, through others perhaps. */
interface EntryCommand {
  /** Executable, absolute path. */
  readonly file: string
  readonly args: readonly string[]
}

/** Where the words of a command line end: quoting is for a list of them. */
const BLANKS = /\s+/
const QUOTES = /["'`$|&;<>*?]/

/**
 * The command that a text means which is no script: a command line, or a file that is run by another program than Node.
 * `null`: it is not one.
 */
function commandOf(text: string, cwd: string): readonly string[] | null {
  const path = resolve(cwd, text)
  if (isFile(path)) return isForOthers(path) ? [path] : null
  const words = text.trim().split(BLANKS)
  return words.length > 1 && !QUOTES.test(text) ? words : null
}

/** @throws IsolateLeakError `ERR_OPTION_INVALID`, or `ERR_ENTRY_NOT_FOUND` when there is no such command */
function resolveCommand(value: unknown, cwd: string, path: string = commandPath(cwd)): EntryCommand {
  const words =
    typeof value === 'string' ? (commandOf(value, cwd) ?? [value]) : parse(texts, value, 'entry.command')
  const [command, ...args] = words
  if (command === undefined || command === '')
    throw invalidOption('entry.command must name a program, it is empty')
  const pathExt = process.env.PATHEXT
  const file = findExecutable(command, { cwd, path, ...(pathExt === undefined ? {} : { pathExt }) })
  if (file !== undefined) return { file, args }
  const hint = QUOTES.test(command)
    ? '; what a shell would read is given as a list of words: ["sh", "-c", "…"]'
    : ''
  throw new IsolateLeakError(
    'ERR_ENTRY_NOT_FOUND',
    `entry: there is no command ${command} in node_modules/.bin of ${cwd} and above, nor on the PATH${hint}`,
  )
}

/** The PATH on which a package manager would look: commands of packages first. */
export function commandPath(cwd: string, path: string = process.env.PATH ?? ''): string {
  const folders: string[] = []
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'))
    if (folder === dirname(folder)) break
  }
  return [...folders, path].join(delimiter)
}

/** Whether a file begins as a program for another interpreter than Node, or for the processor. */
function isForOthers(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(128)
    const text = start.toString('latin1', 0, readSync(file, start, 0, start.length, 0))
    if (text.startsWith('\x7fELF')) return true
    const [line = ''] = text.split('\n')
    return line.startsWith('#!') && !/\b(?:node|nodejs|tsx|ts-node|bun|deno)\b/.test(line)
  } finally {
    closeSync(file)
  }
}
