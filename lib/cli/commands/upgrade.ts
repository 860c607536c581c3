import { Command, Option } from 'commander'
import { sinceComment } from '../../compare/since/since-comment.js'
import { sinceText } from '../../compare/since/since-text.js'
import type { SinceData } from '../../compare/since/types.js'
import type { UpgradeData } from '../../compare/upgrade/types.js'
import { upgradeComment } from '../../compare/upgrade/upgrade-comment.js'
import { upgradeText } from '../../compare/upgrade/upgrade-text.js'
import { UsageError, upgradeStatus } from '../exit-status.js'
import { loadConfig, oneAgent, withAgents } from '../load-config.js'
import { withReporters } from '../reporters/reporters.js'
import { runTask } from '../run-experiment.js'
import type { CommandIo } from './command-io.js'
import { addExperimentOptions, commandLine, overridesOf, type ExperimentFlags } from './experiment-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'

interface Flags extends ExperimentFlags, ReportFlags {
  readonly from?: string
  readonly to?: string
  readonly since?: string
  readonly config: string
  readonly inconclusive?: 'pass' | 'fail'
}

/** Reporters that tell of several experiments. */
const OF_SINCE = ['text', 'json', 'comment']

/** `isolate-leak upgrade`. */
export function upgradeCommand(io: CommandIo): Command {
  const command = new Command('upgrade')
    .summary('before a rollout: may a new version of an agent go out?')
    .description(
      'Says whether a new version of an agent may go out: runs both versions against the application alone and against ' +
        'each other. Everything else is as the config says. With --since, both versions of every agent that a branch ' +
        'changes, as the lockfiles say.',
    )
    .argument('[agent]', 'name of the agent or of its package; with --since: only this one')
    .option('--from <version>', 'version in use')
    .option('--to <version>', 'version that is to go out')
    .option(
      '--since <commit>',
      'commit or branch whose lockfile is compared with the one at hand, such as origin/main',
    )
    .requiredOption('--config <config>', 'how the application is run, as for run')
    .addOption(
      new Option('--inconclusive <status>', 'what an inconclusive verdict ends with: pass 0, fail 1').choices(
        ['pass', 'fail'],
      ),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  isolate-leak upgrade newrelic --from 13.19.0 --to 13.19.2 \\\n    --config leak.config.js\n' +
        '  isolate-leak upgrade --since origin/main --config leak.config.js \\\n    --reporter comment=comment.md\n\n' +
        'Exit status: 0 safe, fixes a leak or unchanged, 1 the new version leaks,\n2 inconclusive.',
    )
  return addReporterOption(addReportOptions(addExperimentOptions(command))).action(
    async (agent: string | undefined, flags: Flags) => {
      checkUsage(agent, flags)
      return withReporters(
        flags,
        io,
        async reporters => {
          const overrides = overridesOf(flags, io.context)
          const config = await loadConfig(flags.config, io.context)
          if (flags.since !== undefined) {
            const options = { ...withAgents(config), since: flags.since, ...overrides }
            const only = agent === undefined ? {} : { agent }
            return runTask(sinceTask(agent, flags, io), { ...options, ...only }, reporters, io)
          }
          const { from = '', to = '' } = flags
          const options = { ...oneAgent(config, agent ?? ''), from, to, ...overrides }
          return runTask(upgradeTask(agent, flags, io), options, reporters, io)
        },
        again(agent, flags),
      )
    },
  )
}

/**
 * Either two versions of an agent, or a commit to compare with.
 * @throws UsageError
 */
function checkUsage(agent: string | undefined, { from, to, since, reporter = [] }: Flags): void {
  if (since === undefined) {
    if (agent === undefined)
      throw new UsageError("missing required argument 'agent': give it with --from and --to, or give --since")
    for (const [name, value] of Object.entries({ from, to }))
      if (value === undefined) throw new UsageError(`required option '--${name} <version>' not specified`)
    return
  }
  if (from !== undefined || to !== undefined)
    throw new UsageError('--since takes both versions from the lockfiles: leave --from and --to out')
  const other = reporter.map(value => value.replace(/=.*$/s, '')).find(name => !OF_SINCE.includes(name))
  if (other !== undefined)
    throw new UsageError(
      `--since tells of several experiments, which --reporter ${OF_SINCE.join(', ')} do, got '${other}'`,
    )
}

/** The command that gives the same answer again; with the seed of the trials, where there were any. */
function again(agent: string | undefined, flags: Flags, seed = flags.seed): string {
  const { from, to, since, config, inconclusive } = flags
  const settings = { ...flags, ...(seed === undefined ? {} : { seed }) }
  return commandLine(
    'upgrade',
    agent === undefined ? [] : [agent],
    { from, to, since, config, inconclusive },
    settings,
  )
}

function upgradeTask(agent: string | undefined, flags: Flags, { context }: CommandIo) {
  return {
    run: context.checkUpgrade,
    text: upgradeText,
    status: ({ verdict }: UpgradeData) => upgradeStatus(verdict, flags.inconclusive),
    report: ({ report }: UpgradeData) => report,
    comment: (data: UpgradeData) =>
      upgradeComment(data, {
        command: again(agent, flags, data.report.options.seed),
        operationsPerSecond: flags.rate,
      }),
  }
}

function sinceTask(agent: string | undefined, flags: Flags, { context }: CommandIo) {
  return {
    run: context.checkSince,
    text: sinceText,
    status: ({ verdict }: SinceData) => upgradeStatus(verdict, flags.inconclusive),
    comment: (data: SinceData) =>
      sinceComment(data, {
        command: again(agent, flags, data.judged[0]?.upgrade.report.options.seed),
        operationsPerSecond: flags.rate,
      }),
  }
}
