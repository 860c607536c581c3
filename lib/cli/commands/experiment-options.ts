import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { EFFORTS } from '../../options/options-schema.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { shellArgument } from '../../report/format/visible-text.js'
import { packageVersion } from '../../system/version.js'
import type { CliContext } from '../context.js'
import { backendList, duration, positiveNumber, wholeNumber } from './values.js'

/** Options of the library that can be given on the command line. */
export type Overrides = Pick<
  IsolateLeakOptions,
  | 'backends'
  | 'effort'
  | 'operations'
  | 'threshold'
  | 'concurrency'
  | 'seed'
  | 'budgetMs'
  | 'outDir'
  | 'resume'
>

/** What {@link addExperimentOptions} adds, as commander gives it. */
export interface ExperimentFlags extends Omit<Overrides, 'budgetMs' | 'outDir'> {
  readonly budget?: number
  readonly out?: string
}

const GROUP = 'The experiment (these win over the config):'

/** Options that change an experiment. */
export function addExperimentOptions(command: Command): Command {
  const options = [
    new Option('--effort <effort>', 'how long and how fine').choices(EFFORTS),
    new Option('--operations <n>', 'operations a trial').argParser(wholeNumber(1)),
    new Option('--threshold <bytes>', 'smallest growth that counts as a leak, bytes per operation').argParser(
      positiveNumber,
    ),
    new Option(
      '--backends <list>',
      "how the agents' collector behaves, each a condition of its own: up, down, slow, error, reset, with commas between them",
    ).argParser(backendList),
    new Option('--concurrency <n>', 'trials at a time').argParser(wholeNumber(1)),
    new Option('--seed <n>', 'order of the trials').argParser(wholeNumber(0)),
    new Option('--budget <time>', 'limit on the whole run, for example 90s, 10m, 2h').argParser(duration),
    new Option('--out <dir>', 'write the journal of trials and report.json to this folder'),
    new Option('--resume', 'go on with the run in --out that was killed: finished trials are not made again'),
  ]
  return options.reduce((to, option) => to.addOption(option.helpGroup(GROUP)), command)
}

/** What was given of them, paths relative to where the command was called. */
export function overridesOf(flags: ExperimentFlags, { cwd }: Pick<CliContext, 'cwd'>): Overrides {
  const { effort, operations, threshold, backends, concurrency, seed, budget, out, resume } = flags
  const given = {
    ...{ effort, operations, threshold, backends, concurrency, seed, budgetMs: budget, resume },
    outDir: out === undefined ? undefined : resolve(cwd(), out),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** A command of this version that does the same: its arguments, options of its own, and those that change the experiment. */
export function commandLine(
  name: string,
  args: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
  { effort, operations, threshold, backends, concurrency, seed, budget }: ExperimentFlags,
): string {
  const options: Readonly<Record<string, string | number | undefined>> = {
    ...own,
    ...{ effort, operations, threshold: typeof threshold === 'number' ? threshold : undefined },
    ...{ backends: backends?.join(','), concurrency, seed },
    budget: budget === undefined ? undefined : `${String(budget)}ms`,
  }
  const words = Object.entries(options).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`, String(value)],
  )
  return ['npx', `isolate-leak@${packageVersion()}`, name, ...args, ...words].map(shellArgument).join(' ')
}
