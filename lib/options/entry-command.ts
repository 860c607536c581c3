import { closeSync, openSync, readSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { isFile, findExecutable } from '../system/file-exists.js'
import { checkTexts } from './check/check-text.js'
import { invalidOption } from './check/invalid-option.js'
import { IsolateLeakError } from '../errors.js'

/** A command line that starts the application, through others perhaps. */
export interface EntryCommand {
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
export function commandOf(text: string, cwd: string): readonly string[] | null {
  const path = resolve(cwd, text)
  if (isFile(path)) return isForOthers(path) ? [path] : null
  const words = text.trim().split(BLANKS)
  return words.length > 1 && !QUOTES.test(text) ? words : null
}

/** @throws IsolateLeakError `ERR_OPTION_INVALID`, or `ERR_ENTRY_NOT_FOUND` when there is no such command */
export function resolveCommand(value: unknown, cwd: string, path: string = commandPath(cwd)): EntryCommand {
  const words =
    typeof value === 'string' ? (commandOf(value, cwd) ?? [value]) : checkTexts('entry.command', value)
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
