import { Command } from 'commander'
import { bisectText } from '../../compare/bisect/bisect-text.js'
import type { BisectOptions } from '../../compare/bisect/types.js'
import type { BisectData } from '../../types/bisect.js'
import { bisectStatus } from '../exit-status.js'
import { loadConfig, oneAgent } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReportOptions, type ReportFlags } from './report-options.js'

/** Which versions are searched. */
type Bounds = Pick<BisectOptions, 'range' | 'good' | 'bad'>

interface Flags extends ExperimentFlags, ReportFlags, Bounds {
  readonly config: string
}

/** `isolate-leak bisect`. */
export function bisectCommand(io: CommandIo): Command {
  const command = new Command('bisect')
    .summary('which version of an agent began to leak, which stopped?')
    .description(
      'Finds the first published version of an agent that leaks, and the first that no longer does; within a range, or ' +
        'between a good and a bad version.',
    )
    .argument('<agent>', 'name of the agent or of its package')
    .requiredOption('--config <config>', 'how the application is run, as for run')
    .option('--range <range>', 'only versions in this range, for example ">=12 <14"')
    .option('--good <version>', 'a version that is said to be good')
    .option('--bad <version>', 'a version that is said to be bad')
    .addHelpText(
      'after',
      '\nExample:\n  isolate-leak bisect newrelic --range ">=12 <14" --config leak.config.js\n\n' +
        'Exit status: 0 no version leaks, 1 one does, 2 inconclusive.',
    )
  return addReportOptions(addExperimentOptions(command)).action(async (agent: string, flags: Flags) =>
    withReporters(flags, io, async reporters => {
      const overrides = overridesOf(flags, io.context)
      const config = await loadConfig(flags.config, io.context)
      const options = { ...oneAgent(config, agent), ...boundsOf(flags), ...overrides }
      const task = {
        run: io.context.bisectVersions,
        text: bisectText,
        status: ({ verdict }: BisectData) => bisectStatus(verdict),
      }
      return runTask(task, options, reporters, io)
    }),
  )
}

function boundsOf({ range, good, bad }: Flags): Bounds {
  const given = Object.entries({ range, good, bad })
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}
