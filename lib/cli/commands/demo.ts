import { Command } from 'commander'
import { demoOptions, demoStatus, DEMO_AFTER, DEMO_INTRO } from '../demo/run-demo.js'
import { EXIT } from '../exit-status.js'
import { withReporters } from '../reporters/reporters.js'
import { runExperiment } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'

/** `isolate-leak demo`. */
export function demoCommand(io: CommandIo): Command {
  const command = new Command('demo')
    .summary('see it work on a small bundled server')
    .description(
      'Runs it on a small bundled server with three agents, one of which leaks. Takes about half a minute.',
    )
    .addHelpText(
      'after',
      '\nExit status: 0 when it names the agent that leaks and no other, 2 inconclusive,\n3 else.',
    )
  return addReporterOption(addReportOptions(addExperimentOptions(command))).action(
    async (flags: ExperimentFlags & ReportFlags) =>
      withReporters(flags, io, async reporters => {
        const overrides = overridesOf(flags, io.context)
        await io.stderr(DEMO_INTRO)
        const status = await runExperiment({ ...demoOptions(), ...overrides }, reporters, io, {
          status: demoStatus,
        })
        if (status <= EXIT.failed) await io.stderr(DEMO_AFTER)
        return status
      }),
  )
}
