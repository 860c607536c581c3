import { parseArgs } from 'node:util'
import type { BisectOptions } from '../bisect/types.js'
import { BACKENDS } from '../options/backends.js'
import type { IsolateLeakOptions } from '../options/types.js'
import type { Backend } from '../types.js'
import { UsageError } from './exit-status.js'

/** Options of the library that can be given on the command line. */
export type Overrides = Pick<
  IsolateLeakOptions,
  'backends' | 'effort' | 'operations' | 'threshold' | 'concurrency' | 'seed' | 'budgetMs' | 'outDir'
>

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | ({ readonly kind: 'run'; readonly config: string } & RunSettings)
  | ({ readonly kind: 'demo' } & RunSettings)
  | ({
      readonly kind: 'upgrade'
      readonly agent: string
      readonly from: string
      readonly to: string
      readonly config: string
    } & RunSettings)
  | ({ readonly kind: 'instrumentation'; readonly agent: string; readonly config: string } & RunSettings)
  | ({ readonly kind: 'bisect'; readonly agent: string; readonly config: string } & BisectBounds &
      RunSettings)
  | { readonly kind: 'inspect'; readonly pid: number; readonly json: boolean }

/** Which versions are searched. */
export type BisectBounds = Pick<BisectOptions, 'range' | 'good' | 'bad' | 'resume'>

export interface RunSettings {
  readonly json: boolean
  readonly operationsPerSecond: number
  /** `outDir` as it was given, not resolved. */
  readonly overrides: Overrides
}

const EFFORTS = ['quick', 'standard', 'thorough'] as const
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/**
 * Reads the arguments behind the script's name.
 * @throws UsageError with a sentence
 */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const [name, ...rest] = positionals
  const settings: RunSettings = {
    json: values.json ?? false,
    operationsPerSecond: number('--rate', values.rate) ?? 100,
    overrides: overrides(values),
  }
  const only = {
    ...{ config: ['upgrade', 'bisect', 'instrumentation'], from: ['upgrade'], to: ['upgrade'] },
    ...{ range: ['bisect'], good: ['bisect'], bad: ['bisect'], resume: ['bisect'] },
  }
  for (const [option, commands] of Object.entries(only)) {
    if (values[option as keyof typeof only] !== undefined && name !== undefined && !commands.includes(name))
      throw new UsageError(`${name} does not take --${option}`)
  }
  if (name === 'run') {
    const config = rest.shift()
    if (config === undefined) throw new UsageError('run needs a config file: isolate-leak run leak.config.js')
    refuse(rest)
    return { kind: 'run', config, ...settings }
  }
  if (name === 'demo') {
    refuse(rest)
    return { kind: 'demo', ...settings }
  }
  if (name === 'upgrade' || name === 'bisect' || name === 'instrumentation') {
    const agent = needed(name, 'an agent', rest.shift())
    const config = needed(name, '--config', values.config)
    refuse(rest)
    if (name === 'instrumentation') return { kind: name, agent, config, ...settings }
    if (name === 'bisect') return { kind: name, agent, config, ...bounds(values), ...settings }
    const [from, to] = [needed(name, '--from', values.from), needed(name, '--to', values.to)]
    return { kind: name, agent, from, to, config, ...settings }
  }
  if (name === 'inspect') {
    const pid = integer('the process to inspect', rest.shift(), 1)
    if (pid === undefined)
      throw new UsageError('inspect needs the number of a process: isolate-leak inspect 1234')
    refuse(rest)
    const unread = Object.keys(values).filter(option => option !== 'json')
    if (unread.length > 0) throw new UsageError(`inspect does not take --${unread.join(', --')}`)
    return { kind: 'inspect', pid, json: settings.json }
  }
  throw new UsageError(
    name === undefined
      ? `expected a command: ${COMMANDS}`
      : `unknown command '${name}', expected ${COMMANDS}`,
  )
}

const COMMANDS = 'run, upgrade, bisect, instrumentation, demo, inspect or heap'
const EXAMPLES = {
  upgrade: 'isolate-leak upgrade newrelic --from 13.19.0 --to 13.19.2 --config leak.config.js',
  bisect: 'isolate-leak bisect newrelic --range ">=12 <14" --config leak.config.js',
  instrumentation: 'isolate-leak instrumentation newrelic --config leak.config.js',
}

function needed(command: keyof typeof EXAMPLES, what: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${command} needs ${what}: ${EXAMPLES[command]}`)
  return value
}

type Values = ReturnType<typeof parse>['values']

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { ...flag, short: 'h' },
        version: { ...flag, short: 'v' },
        json: flag,
        effort: text,
        backends: text,
        operations: text,
        threshold: text,
        concurrency: text,
        seed: text,
        budget: text,
        out: text,
        config: text,
        from: text,
        to: text,
        range: text,
        good: text,
        bad: text,
        resume: flag,
        rate: text,
      },
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // Node goes on to explain how to pass a positional that starts with a dash
    throw new UsageError(message.split(/\. To specify/)[0] ?? message, { cause: error })
  }
}

function bounds({ range, good, bad, resume }: Values): BisectBounds {
  const given = Object.entries({ range, good, bad, resume })
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

function overrides(values: Values): Overrides {
  const given = {
    effort: effort(values.effort),
    backends: backends(values.backends),
    operations: integer('--operations', values.operations, 1),
    threshold: number('--threshold', values.threshold),
    concurrency: integer('--concurrency', values.concurrency, 1),
    seed: integer('--seed', values.seed, 0),
    budgetMs: duration('--budget', values.budget),
    outDir: values.out,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function effort(text: string | undefined): (typeof EFFORTS)[number] | undefined {
  const found = EFFORTS.find(name => name === text)
  if (text !== undefined && found === undefined) throw expected('--effort', EFFORTS.join(', '), text)
  return found
}

function backends(text: string | undefined): Backend[] | undefined {
  return text?.split(',').map(word => {
    const found = BACKENDS.find(name => name === word.trim())
    if (found !== undefined) return found
    throw expected('--backends', `one or more of ${BACKENDS.join(', ')}, with commas between them`, text)
  })
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw expected(name, 'a number above 0', text)
  return value
}

function integer(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw expected(name, `a whole number from ${String(least)}`, text)
  }
  return value
}

function duration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? []
  const ms = Number(amount) * (UNITS_MS[unit] ?? NaN)
  if (!(ms > 0)) throw expected(name, 'a time with its unit such as 90s, 10m or 2h', text)
  return ms
}

function refuse(rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`unexpected argument '${rest.join(' ')}'`)
}

function expected(name: string, what: string, got: string): UsageError {
  return new UsageError(`${name} must be ${what}, got '${got}'`)
}
