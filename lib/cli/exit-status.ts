import type { BisectVerdict } from '../types/bisect.js'
import { IsolateLeakError } from '../errors.js'
import type { ReplayVerdict } from '../compare/replay/types.js'
import type { Verdict } from '../types/index.js'
import type { SinceVerdict } from '../compare/since/types.js'
import { hanging } from '../report/format/layout.js'
import { errorCleaner } from '../report/redact/known-secrets.js'

/** Exit statuses of the command. A signal gives 128 and its number. */
export const EXIT = { clean: 0, leak: 1, inconclusive: 2, failed: 3, usage: 64 } as const

/** Status for a verdict. */
export function verdictStatus(verdict: Verdict): number {
  return EXIT[verdict]
}

/**
 * Status for a rollout: 0 where the new version may go out.
 * @param inconclusive whether an inconclusive verdict lets it pass; default: it has a status of its own
 */
export function upgradeStatus(verdict: SinceVerdict, inconclusive?: 'pass' | 'fail'): number {
  if (verdict === 'inconclusive')
    return inconclusive === undefined ? EXIT.inconclusive : inconclusive === 'pass' ? EXIT.clean : EXIT.leak
  return verdict === 'leaks' || verdict === 'both-leak' ? EXIT.leak : EXIT.clean
}

/** Status for a search among versions: 1 where one leaks. */
export function bisectStatus(verdict: BisectVerdict): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return verdict === 'clean' ? EXIT.clean : EXIT.leak
}

/** Status for a replay: 0 where nothing leaks any more. */
export function replayStatus(verdict: ReplayVerdict): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return verdict === 'still-happens' || verdict === 'new-leak' ? EXIT.leak : EXIT.clean
}

/** Status for an error: wrong options are wrong usage, everything else is an experiment that failed. */
export function errorStatus(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  const code = error instanceof IsolateLeakError ? error.code : ''
  return code === 'ERR_CONFIG' || code.startsWith('ERR_OPTION_') ? EXIT.usage : EXIT.failed
}

/** The command line was not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Name of the command whose help may help; empty: that of all. */
  readonly command: string

  constructor(
    message: string,
    { command = '', ...options }: ErrorOptions & { readonly command?: string } = {},
  ) {
    super(message, options)
    this.command = command
  }
}

const MOST_CAUSES = 5
const WIDTH = 80
/** An example at the end of a sentence. */
const COMMAND = /^(.*(?::|for example)) ((?:npx )?isolate-leak [a-z]+ .*)$/

/** `isolate-leak: <sentence> (CODE)`, each cause, in lines for a terminal; with `DEBUG` set the stacks as they are; without secrets. */
export function errorText(error: unknown, env: Readonly<Record<string, string | undefined>>): string {
  // Before lines are broken, which would hide a secret from this.
  const clean = errorCleaner(error, env)
  const lines = [`isolate-leak: ${clean(sentence(error))}`]
  let cause = causeOf(error)
  for (let depth = 0; cause !== undefined && depth < MOST_CAUSES; depth += 1) {
    // what follows the first line, such as Node's require stack, is detail
    lines.push(`  caused by: ${clean(sentence(cause, true))}`)
    cause = causeOf(cause)
  }
  const told = lines.flatMap(text => text.split('\n')).flatMap(fitted)
  if (error instanceof UsageError)
    told.push(`Try '${['isolate-leak', error.command].filter(Boolean).join(' ')} --help'.`)
  else if ((env.DEBUG ?? '') !== '') told.push(...stacks(error).map(clean))
  return `${told.join('\n')}\n`
}

/** A line that is too long goes on below, further in; a word such as a path, and a command to copy, stay whole. */
function fitted(line: string): string[] {
  if (line.length <= WIDTH) return [line]
  const [, told = line, command] = COMMAND.exec(line) ?? []
  const indent = /^ */.exec(told)?.[0] ?? ''
  const [first = '', ...rest] = hanging(`${indent}  `, told, WIDTH)
  return [
    `${indent}${first.trimStart()}`,
    ...rest,
    ...(command === undefined ? [] : [`${indent}  ${command}`]),
  ]
}

function sentence(error: unknown, short = false): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const known = code !== '' || error instanceof UsageError || error.name === 'Error'
  const message = (short ? error.message.split('\n')[0] : undefined) ?? error.message
  return `${known ? '' : `${error.name}: `}${message}${code}`
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  return [error.stack ?? '', ...(error.cause === undefined ? [] : stacks(error.cause))]
}
