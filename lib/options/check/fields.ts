import * as v from 'valibot'
import { anyOptions, type Field, got } from './parse.js'

/** Longest time that a timer of Node takes. */
export const MAX_TIMER_MS = 2_147_483_647

const LAST_PORT = 65_535

interface NumberRange {
  readonly min?: number
  readonly max?: number
  /** Excludes `min` itself. */
  readonly above?: boolean
  readonly integer?: boolean
}

/** A number of the range. */
export function numberIn(range: NumberRange = {}): Field<number> {
  const { min = -Infinity, max = Infinity, above = false, integer = false } = range
  const bounds = [
    ...(min === -Infinity ? [] : [above ? `greater than ${String(min)}` : `at least ${String(min)}`]),
    ...(max === Infinity ? [] : [`at most ${String(max)}`]),
  ].join(' and ')
  const wanted = `${integer ? 'a whole number' : 'a number'}${bounds === '' ? '' : `, ${bounds}`}`
  return v.custom<number>(
    value =>
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (above ? value > min : value >= min) &&
      value <= max &&
      (!integer || Number.isSafeInteger(value)),
    got(wanted),
  )
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Field<number> {
  return numberIn({ min, ...(max === Number.MAX_SAFE_INTEGER ? {} : { max }), integer: true })
}

/** A time that a timer can wait for, ms. */
export const durationMs: Field<number> = numberIn({ min: 0, max: MAX_TIMER_MS, above: true })

/** As {@link durationMs}, or no time at all. */
export const durationMsFromZero: Field<number> = numberIn({ min: 0, max: MAX_TIMER_MS })

export const portNumber: Field<number> = v.custom<number>(
  value => Number.isInteger(value) && Number(value) > 0 && Number(value) <= LAST_PORT,
  got(`an integer from 1 to ${String(LAST_PORT)}`),
)

/** A string that can be handed to a process. */
export const text: Field<string> = v.pipe(
  v.string(got('a string')),
  v.check(value => !value.includes('\0'), 'must not contain a null character'),
)

/** As {@link text}, and not empty. */
export const nonEmpty: Field<string> = v.pipe(
  text,
  v.check(value => value.trim() !== '', 'must not be empty'),
)

export const texts: Field<string[]> = v.array(text, got('an array of strings'))

/** A command with its arguments: one word, or a list of them. */
export const command: Field<string[]> = v.lazy((value): Field<string[]> =>
  typeof value === 'string'
    ? v.pipe(
        text,
        v.transform(word => [word]),
      )
    : texts,
)

/** One of a few words. */
export function choice<const Choice extends string>(choices: readonly Choice[]): Field<Choice> {
  return v.custom<Choice>(
    value => choices.includes(value as Choice),
    got(choices.map(one => `'${one}'`).join(' or ')),
  )
}

export const flag: Field<boolean> = v.boolean(got('true or false'))

export function functionOf<Function>(): Field<Function> {
  return v.custom<Function>(value => typeof value === 'function', got('a function'))
}

const variable = v.pipe(
  v.custom<string | undefined>(
    value => value === undefined || typeof value === 'string',
    ({ input }) =>
      `must be a string, or undefined to unset the variable, got a value of type ${input === null ? 'null' : typeof input}`,
  ),
  v.check(value => value?.includes('\0') !== true, 'must not contain a null character'),
)

/** Environment variables: strings, or `undefined` for those to unset. Messages never show values, which may be secrets. */
export const variables: Field<Record<string, string | undefined>> = v.pipe(
  anyOptions,
  v.check(
    given => unusable(given) === undefined,
    ({ input }) => `has a variable named '${unusable(input) ?? ''}', which no process can have`,
  ),
  v.record(v.string(), variable),
)

function unusable(given: object): string | undefined {
  return Object.keys(given).find(one => one === '' || /[=\0]/.test(one))
}

// With these, Node runs something else than the entry, or waits for a person.
const NOT_RUNNING = [
  ...['-e', '--eval', '-p', '--print', '-pe', '-c', '--check', '-i', '--interactive', '-h', '--help', '-v'],
  ...['--version', '--v8-options', '--completion-bash', '--test', '--watch', '--watch-path', '--run'],
  ...['--build-sea', '--inspect-brk', '--inspect-wait'],
]

/** Whether Node, given this option (without its value), runs something else than a script, or waits for a person. */
export function keepsFromRunning(option: string): boolean {
  return NOT_RUNNING.includes(option)
}

/** Arguments for Node itself; not those that keep it from running the entry. */
export const nodeArgs: Field<string[]> = v.pipe(
  texts,
  v.check(
    args => problemOf(args) === null,
    ({ input }) => problemOf(input) ?? '',
  ),
)

function problemOf(args: readonly string[]): string | null {
  if (args[0] !== undefined && !args[0].startsWith('-'))
    return `begins with '${args[0]}', which Node would run instead of the entry`
  for (const arg of args) {
    const [option = arg] = arg.split('=', 1)
    if (arg === '--' || arg === '-') return `must not contain '${arg}'`
    if (keepsFromRunning(option))
      return `must not contain '${option}', which keeps Node from running the entry`
  }
  return null
}
