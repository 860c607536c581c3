import { resolve } from 'node:path'
import { Command } from 'commander'
import type { IsolateLeakOptions } from '../../options/types.js'
import { loadConfig } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { entryOn } from '../../options/entry.js'
import { nodesText } from '../../compare/nodes/nodes-text.js'
import type { NodesData } from '../../compare/nodes/types.js'
import { verdictStatus } from '../exit-status.js'
import { runExperiment, runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, commandLine, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addNightlyOptions, afterNight, nightlyOf, type NightlyFlags } from './nightly-options.js'
import { addReporterOption, addReportOptions, type ReportFlags, CONFIG_HELP } from './report-options.js'
import { collect, shard as part } from './values.js'

interface Flags extends ExperimentFlags, NightlyFlags, ReportFlags, Pick<IsolateLeakOptions, 'shard'> {
  readonly node?: readonly string[]
}

/** `isolate-leak run`. */
export function runCommand(io: CommandIo): Command {
  const command = new Command('run')
    .summary('run the experiment that a config file describes')
    .description(
      'Runs the experiment that a config file describes: launches the application with and without each agent, drives ' +
        'the workload, and names what leaks.',
    )
    .argument('<config>', 'what to run, for example leak.config.mjs')
    .option('--shard <part>', 'run only a part, such as 1/4, on one of several machines; see merge', part)
    .option(
      '--node <path>',
      'Node to run the application on, an executable file or a command; more than once: the same on each, compared',
      collect,
    )
    .addHelpText('after', CONFIG_HELP)
  return addReporterOption(addReportOptions(addNightlyOptions(addExperimentOptions(command)))).action(
    async (path: string, flags: Flags) =>
      withReporters(
        flags,
        io,
        async reporters => {
          // Before the config, which changes the working directory.
          const overrides = { ...overridesOf(flags, io.context), ...shardOf(flags) }
          const cwd = io.context.cwd()
          const config = await loadConfig(path, io.context)
          const given = { ...config, ...overrides, ...nightlyOf(flags, config, io.context, cwd) }
          const nodes = (flags.node ?? []).map(node => (node.includes('/') ? resolve(cwd, node) : node))
          if (nodes.length > 1) {
            const task = {
              ...{ run: io.context.compareNodes, text: nodesText },
              status: ({ verdict }: NodesData) => verdictStatus(verdict),
            }
            return runTask(task, { ...given, nodes }, reporters, io)
          }
          const [nodePath] = nodes
          const options = nodePath === undefined ? given : { ...given, entry: entryOn(given.entry, nodePath) }
          return runExperiment(options, reporters, io, { after: async () => afterNight(options, io.context) })
        },
        commandLine('run', [path], {}, flags),
      ),
  )
}

function shardOf({ shard }: Pick<IsolateLeakOptions, 'shard'>): Pick<IsolateLeakOptions, 'shard'> {
  return shard === undefined ? {} : { shard }
}
