import { type Command, Option } from 'commander'
import { collect, positiveNumber } from './values.js'

/** How the answer of a run is told, as commander gives it. */
export interface ReportFlags {
  readonly json?: boolean
  /** `name` or `name=file`, each. */
  readonly reporter?: readonly string[]
  /** Operations a second for which growth per day is given. */
  readonly rate: number
  /** Whether the run is shown on stderr; absent: where stderr is a terminal. */
  readonly progress?: boolean
}

const RATE = 100
const GROUP = 'The report:'

/** Options that say how the answer of a run is told. */
export function addReportOptions(command: Command): Command {
  const options = [
    new Option('--json', 'print the report as JSON instead of text'),
    new Option('--rate <n>', 'operations a second for which growth per day is given')
      .default(RATE)
      .argParser(positiveNumber),
    new Option('--progress', 'show the run on stderr, also where that is no terminal'),
    new Option('--no-progress', 'do not show the run, only errors'),
  ]
  return options.reduce((to, option) => to.addOption(option.helpGroup(GROUP)), command)
}

const REPORTER_HELP = `
Reporters: text, json, junit, markdown, html, github, comment, prometheus, or
the path of a module whose default export makes a text of the report. One of
them can go to stdout, in place of the text. github writes its annotations there
beside the text, and adds the summary of the job to the file in
GITHUB_STEP_SUMMARY. comment is one on a pull request.`

/** `--reporter`, for what answers with the report of an experiment. */
export function addReporterOption(command: Command): Command {
  const option = new Option(
    '--reporter <name[=file]>',
    'write the report in another form, to stdout or to a file; may be given more than once',
  ).argParser(collect)
  return command.addOption(option.helpGroup(GROUP)).addHelpText('after', REPORTER_HELP)
}

/** What a config is, for `--help`. */
export const CONFIG_HELP = `
Config: a .js, .mjs, .cjs, .json, .ts or .mts file. The default export of a
module is the options of isolateLeak(), or a function (it may be async) that
returns them. TypeScript needs Node 22.18 or newer, or a loader:
  node --import tsx node_modules/isolate-leak/dist/cli/bin.js run leak.config.ts
In JSON the workload is one of
  { "http": { "path": "/orders/42" } }
  { "command": ["h2load", "-n", "{operations}", "{url}"] }
  { "inApp": "./operation.js" }
  { "idle": {} }

Paths in a config (entry, agents, inApp, outDir) are relative to the folder of
the config file, which is the working directory while the command runs and the
application's default cwd. Paths on the command line are relative to where you
are.`
