import { Command } from 'commander'
import type { UpgradeData } from '../../compare/upgrade/types.js'
import { upgradeText } from '../../compare/upgrade/upgrade-text.js'
import { upgradeStatus } from '../exit-status.js'
import { loadConfig, oneAgent } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'

interface Flags extends ExperimentFlags, ReportFlags {
  readonly from: string
  readonly to: string
  readonly config: string
}

/** `isolate-leak upgrade`. */
export function upgradeCommand(io: CommandIo): Command {
  const command = new Command('upgrade')
    .summary('before a rollout: may a new version of an agent go out?')
    .description(
      'Says whether a new version of an agent may go out: runs both versions against the application alone and against ' +
        'each other. Everything else is as the config says.',
    )
    .argument('<agent>', 'name of the agent or of its package')
    .requiredOption('--from <version>', 'version in use')
    .requiredOption('--to <version>', 'version that is to go out')
    .requiredOption('--config <config>', 'how the application is run, as for run')
    .addHelpText(
      'after',
      '\nExample:\n  isolate-leak upgrade newrelic --from 13.19.0 --to 13.19.2 \\\n    --config leak.config.js\n\n' +
        'Exit status: 0 safe or fixes a leak, 1 the new version leaks, 2 inconclusive.',
    )
  return addReporterOption(addReportOptions(addExperimentOptions(command))).action(
    async (agent: string, flags: Flags) =>
      withReporters(flags, io, async reporters => {
        const { from, to } = flags
        const overrides = overridesOf(flags, io.context)
        const config = await loadConfig(flags.config, io.context)
        const task = {
          run: io.context.checkUpgrade,
          text: upgradeText,
          status: ({ verdict }: UpgradeData) => upgradeStatus(verdict),
          report: ({ report }: UpgradeData) => report,
        }
        return runTask(task, { ...oneAgent(config, agent), from, to, ...overrides }, reporters, io)
      }),
  )
}
