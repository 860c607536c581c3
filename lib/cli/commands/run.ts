import { Command } from 'commander'
import type { IsolateLeakOptions } from '../../options/types.js'
import { loadConfig } from '../load-config.js'
import { runExperiment } from '../run-experiment.js'
import { CONFIG_HELP } from './config-help.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReportOptions, type ReportFlags } from './report-options.js'
import { shard } from './values.js'

/** `isolate-leak run`. */
export function runCommand(io: CommandIo): Command {
  const command = new Command('run')
    .summary('run the experiment that a config file describes')
    .description(
      'Runs the experiment that a config file describes: launches the application with and without each agent, drives ' +
        'the workload, and names what leaks.',
    )
    .argument('<config>', 'what to run, for example leak.config.mjs')
    .option('--shard <part>', 'run only a part, such as 1/4, on one of several machines; see merge', shard)
    .addHelpText('after', CONFIG_HELP)
  return addReportOptions(addExperimentOptions(command)).action(
    async (config: string, flags: ExperimentFlags & ReportFlags & Pick<IsolateLeakOptions, 'shard'>) => {
      // Before the config, which changes the working directory.
      const { shard: part } = flags
      const overrides = { ...overridesOf(flags, io.context), ...(part === undefined ? {} : { shard: part }) }
      const options = { ...(await loadConfig(config, io.context)), ...overrides }
      io.end(await runExperiment(options, flags, io))
    },
  )
}
