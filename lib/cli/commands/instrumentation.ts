import { Command } from 'commander'
import { instrumentationText } from '../../compare/instrumentation/instrumentation-text.js'
import type { InstrumentationData } from '../../compare/instrumentation/types.js'
import { verdictStatus } from '../exit-status.js'
import { loadConfig, oneAgent } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'

/** `isolate-leak instrumentation`. */
export function instrumentationCommand(io: CommandIo): Command {
  const command = new Command('instrumentation')
    .summary('which instrumentation of an agent leaks?')
    .description('Finds out which instrumentation of an agent leaks, and the setting that switches it off.')
    .argument('<agent>', 'name of the agent or of its package')
    .requiredOption('--config <config>', 'how the application is run, as for run')
    .addHelpText('after', '\nExample:\n  isolate-leak instrumentation newrelic --config leak.config.js')
  return addReporterOption(addReportOptions(addExperimentOptions(command))).action(
    async (agent: string, flags: ExperimentFlags & ReportFlags & { readonly config: string }) =>
      withReporters(flags, io, async reporters => {
        const overrides = overridesOf(flags, io.context)
        const options = { ...oneAgent(await loadConfig(flags.config, io.context), agent), ...overrides }
        const task = {
          run: io.context.isolateInstrumentation,
          text: instrumentationText,
          status: ({ verdict }: InstrumentationData) => verdictStatus(verdict),
          report: ({ report }: InstrumentationData) => report,
        }
        return runTask(task, options, reporters, io)
      }),
  )
}
