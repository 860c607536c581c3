import { types } from 'node:util'
import { basename, resolve } from 'node:path'
import * as v from 'valibot'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { durationMs, nonEmpty, texts, variables } from '../../options/check/fields.js'
import { type Field, got, optionsOf, parse } from '../../options/check/parse.js'
import { toPath } from '../../options/check/to-path.js'
import { redactArguments } from '../../options/redact/redact-text.js'
import { findExecutable, isFile, isFolder } from '../../system/file-exists.js'
import type { CommandOptions, CommandWorkload } from '../../types/workload.js'
import { checkPlaceholders, placeholdersIn } from './command-placeholders.js'
import { generatorPath } from './command-plan.js'

const WORDS = v.pipe(
  v.custom<unknown>(
    value => typeof value !== 'string',
    got("a list of words, as in command(['h2load', '-n', '{operations}', '{url}'])"),
  ),
  texts,
  v.check(([program = '']) => program.trim() !== '', 'must begin with a program'),
)

const COUNT = v.pipe(
  v.custom<NonNullable<CommandOptions['count']>>(
    value => typeof value === 'function' || types.isRegExp(value),
    got('a RegExp or a function of the output'),
  ),
  v.check(
    value => typeof value === 'function' || groupsIn(value) === 1,
    ({ input }) =>
      `must have one group in parentheses, around the number, got ${String(groupsIn(input as RegExp))}; others are written (?:…)`,
  ),
  v.transform(value =>
    typeof value === 'function' ? value : new RegExp(value.source, value.flags.replaceAll(/[gy]/g, '')),
  ),
)

/** The empty alternative matches always, and an array has a place for every group. */
function groupsIn({ source, flags }: RegExp): number {
  return (new RegExp(`${source}|`, flags.replace('y', '')).exec('')?.length ?? 1) - 1
}

const OPTIONS = optionsOf({
  cwd: v.optional(v.unknown()),
  env: v.optional(variables),
  count: v.optional(COUNT),
  timeoutMs: v.optional(durationMs),
  description: v.optional(nonEmpty),
}) as Field<CommandOptions>

/**
 * A workload that a load generator performs: k6, ghz, h2load, autocannon, a script. It is started anew for every round of operations, in a
 * process group of its own, performs them, and ends with status 0.
 *
 * In arguments and in values of `env`, `{url}` is where the application listens (`http://127.0.0.1:40123`), `{host}` and `{port}` are parts of
 * that, `{operations}` is how many operations the round has, `{index}` the number of the first of them, counted over the trial, and `{round}`
 * that of the round, both from 0. `{{url}}` is the text `{url}`. After `$` or `%`, and with anything but a name in them, braces are braces.
 *
 * @param args a command of `node_modules/.bin` or of the PATH, or the path of a program, then its arguments; no shell reads them
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where there is no such program, or where nothing tells it how many operations to perform
 */
export function command(args: readonly string[], options: CommandOptions = {}): CommandWorkload {
  const words = parse(WORDS, args, 'command(): args')
  const given = parse(OPTIONS, checkObject('command(): options', options), 'command(): ')
  const cwd = given.cwd === undefined ? process.cwd() : toPath('command(): cwd', given.cwd, process.cwd())
  if (!isFolder(cwd)) throw invalidOption(`command(): cwd must be an existing folder, got ${cwd}`)
  const { env = {}, description = describe(words), ...others } = given
  checkTold(words, env)
  return Object.freeze({
    kind: 'command',
    description,
    args: Object.freeze(words),
    file: findProgram(String(words[0]), cwd, env.PATH ?? process.env.PATH ?? ''),
    options: Object.freeze({
      ...others,
      cwd,
      ...(given.env === undefined ? {} : { env: Object.freeze(env) }),
    }),
  })
}

/** The rounds of a trial differ in size, so that no number of the caller's own is right. */
function checkTold([, ...args]: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const told = [
    ...args.map((text, index) => [`command(): args[${String(index + 1)}]`, text] as const),
    ...Object.entries(env).map(([name, text = '']) => [`command(): env.${name}`, text] as const),
  ]
  for (const [name, text] of told) checkPlaceholders(name, text)
  if (told.some(([, text]) => placeholdersIn(text).includes('operations'))) return
  throw invalidOption(
    'command(): neither its arguments nor its env have {operations}: write it where the load generator takes the number of requests, ' +
      'which is another in every round',
  )
}

function findProgram(program: string, cwd: string, path: string): string {
  const pathExt = process.env.PATHEXT
  const places = { cwd, path: generatorPath(cwd, path), ...(pathExt === undefined ? {} : { pathExt }) }
  const found = findExecutable(program, places)
  if (found !== undefined) return found
  const file = resolve(cwd, program)
  throw invalidOption(
    isFile(file)
      ? `command(): ${file} cannot be executed: begin with the program that runs it, as in command(['node', '${program}', …])`
      : `command(): there is no program ${program} in node_modules/.bin of ${cwd} and above, nor on the PATH`,
  )
}

/** Longest description that is made of a command line, characters. */
const LONGEST = 120

function describe([program = '', ...args]: readonly string[]): string {
  const words = [basename(program), ...redactArguments(args)].map(word =>
    /^[^\s"']+$/.test(word) ? word : JSON.stringify(word),
  )
  let text = ''
  for (const word of words) {
    // Whole words: of one that is cut, nobody could tell whether it is a secret.
    if (text.length + word.length > LONGEST) return `${text} …`
    text += text === '' ? word : ` ${word}`
  }
  return text
}
