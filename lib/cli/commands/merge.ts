import { resolve } from 'node:path'
import { Command } from 'commander'
import { reportText } from '../../report/text.js'
import { EXIT, verdictStatus } from '../exit-status.js'
import { withReporters } from '../reporters/reporters.js'
import type { CommandIo } from './command-io.js'
import { addNightlyOptions, afterNight, nightlyOf, type NightlyFlags } from './nightly-options.js'
import { addReporterOption, addReportOptions, type ReportFlags } from './report-options.js'

const OPEN = `
A run without shards would go on from here, with sets of agents of several shards:
  isolate-leak run <config> --out <merged> --resume
`

/** `isolate-leak merge`. */
export function mergeCommand(io: CommandIo): Command {
  const command = new Command('merge')
    .summary('make one report of the shards of a CI matrix')
    .description(
      'Makes one report of the folders (--out) of all shards of an experiment: the one that a run without shards, with ' +
        'the same trials, would have given.',
    )
    .argument('<folders...>', 'the folder of every shard, in any order')
    .option('--out <dir>', 'write the journal of all trials and report.json to this folder')
    .addHelpText(
      'after',
      '\nExample:\n  isolate-leak run leak.config.js --shard 1/2 --out shard-1   # on one machine\n' +
        '  isolate-leak run leak.config.js --shard 2/2 --out shard-2   # on another\n' +
        '  isolate-leak merge shard-1 shard-2 --out merged\n\n' +
        'When an agent leaks, a run without shards looks at the others together as well.\n' +
        'This goes on from there:\n' +
        '  isolate-leak run leak.config.js --out merged --resume',
    )
  return addReporterOption(addReportOptions(addNightlyOptions(command))).action(
    async (folders: readonly string[], flags: NightlyFlags & ReportFlags & { readonly out?: string }) =>
      withReporters(flags, io, async reporters => {
        const at = (path: string): string => resolve(io.context.cwd(), path)
        const options = {
          ...(flags.out === undefined ? {} : { outDir: at(flags.out) }),
          ...nightlyOf(flags, {}, io.context, io.context.cwd()),
        }
        const { report, complete } = await io.context.mergeRuns(folders.map(at), options)
        const isTold = await reporters.tell({
          text: options => reportText(report, options),
          ...{ data: report, report },
        })
        if (!complete) await io.stderr(OPEN)
        await io.stderr(await afterNight(options, io.context))
        return isTold ? verdictStatus(report.verdict) : EXIT.failed
      }),
  )
}
