import { resolve } from 'node:path'
import { Command } from 'commander'
import { replayText } from '../../compare/replay/replay-text.js'
import type { ReplayData, ReplayOptions } from '../../compare/replay/types.js'
import { replayStatus } from '../exit-status.js'
import { loadConfig } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'
import { collect } from './values.js'

interface Flags extends ExperimentFlags, ReportFlags {
  readonly config?: string
  readonly agent?: readonly string[]
}

/** `isolate-leak replay`. */
export function replayCommand(io: CommandIo): Command {
  const command = new Command('replay')
    .summary('does the incident of a report still happen?')
    .description(
      'Runs the experiment of a report again, as it was, and says whether what it found still happens: to verify a fix, ' +
        'months later too, or for training. Values of variables, which a report does not hold, are taken from the ' +
        'environment under their names.',
    )
    .argument('<report>', 'report.json, or what --json printed')
    .option('--agent <name@version>', 'try an agent in another version (may be repeated)', collect)
    .option('--config <config>', 'what the report does not tell: entry, agents, workload')
    .addHelpText(
      'after',
      '\nExample:\n  isolate-leak replay report.json --agent dd-trace@3.10.0\n\n' +
        'Exit status: 0 it no longer happens (or nothing leaks), 1 it still happens (or\nsomething else leaks), 2 inconclusive.',
    )
  return addReporterOption(addReportOptions(addExperimentOptions(command))).action(
    async (path: string, flags: Flags) =>
      withReporters(flags, io, async reporters => {
        // Before the config, which changes the working directory.
        const file = resolve(io.context.cwd(), path)
        const options: ReplayOptions = {
          ...overridesOf(flags, io.context),
          ...(flags.agent === undefined ? {} : { versions: flags.agent }),
          ...(await configured(flags.config, io)),
        }
        const task = {
          run: async (given: ReplayOptions) => io.context.replay(file, given),
          text: replayText,
          status: ({ verdict }: ReplayData) => replayStatus(verdict),
          report: ({ report }: ReplayData) => report,
        }
        return runTask(task, options, reporters, io)
      }),
  )
}

/** How it is run; how long and how fine is as in the report. */
async function configured(path: string | undefined, { context }: CommandIo): Promise<ReplayOptions> {
  if (path === undefined) return {}
  const { entry, agents, workload } = await loadConfig(path, context)
  const given = { entry, agents, workload }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => (value as unknown) !== undefined))
}
