import { resolve } from 'node:path'
import { Command } from 'commander'
import { historyData, type HistoryData } from '../../nightly/history/history-data.js'
import { readHistory } from '../../nightly/history/history-file.js'
import { historyPage } from '../../nightly/history/html/history-page.js'
import { keysOf } from '../../nightly/history/text/sentences.js'
import { historyText } from '../../nightly/history/text/history-text.js'
import { replaceFile } from '../../run/journal/line-file.js'
import { list } from '../../report/format/layout.js'
import { packageVersion } from '../../system/version.js'
import { columnsOf, showsUnicode } from '../context.js'
import { EXIT, UsageError } from '../exit-status.js'
import type { CommandIo } from './command-io.js'
import { endOfDate, wholeNumber } from './values.js'

interface Flags {
  readonly component?: string
  readonly metric?: string
  readonly nights: number
  readonly json?: boolean
  readonly html?: string
  readonly accept?: Date
}

const NIGHTS = 30
const WIDEST = 80

const AFTER = `
Exit status: 0 clean, 1 a leak or a change stands, 2 the last night has no
verdict or there are fewer than 5 nights, 64 wrong usage.`

/** `isolate-leak history`. */
export function historyCommand(io: CommandIo): Command {
  return new Command('history')
    .summary('what a job shows that runs every night')
    .description(
      'Shows the growth of every component over the nights of a history, tells changes from noise, and names what else ' +
        'changed. The folder is that of run --history.',
    )
    .argument('<dir>', 'folder of the history')
    .option('--component <name>', 'only this agent, or application')
    .option('--metric <name>', 'only this metric, for example heap')
    .option('--nights <n>', 'how many are drawn, the newest', wholeNumber(1), NIGHTS)
    .option('--json', 'print nights and changes as JSON')
    .option('--html <file>', 'also draw it on a page')
    .option('--accept <date>', 'changes that were shown until then may be, for example 2026-01-31', endOfDate)
    .addHelpText('after', AFTER)
    .action(async (dir: string, flags: Flags) => {
      const { context } = io
      const nights = await readHistory(resolve(context.cwd(), dir))
      const { component, metric, accept } = flags
      const data = historyData(nights, {
        ...(component === undefined ? {} : { component }),
        ...(metric === undefined ? {} : { metric }),
        ...(accept === undefined ? {} : { acceptedUntil: accept }),
      })
      refuseUnknown(flags, data, historyData(nights))
      if (flags.html !== undefined)
        await replaceFile(resolve(context.cwd(), flags.html), historyPage(data, packageVersion()))
      const text = historyText(data, {
        width: Math.min(columnsOf(context.stdout) ?? WIDEST, WIDEST),
        last: flags.nights,
        unicode: showsUnicode(context.env),
        all: metric !== undefined,
      })
      await io.stdout(flags.json === true ? `${JSON.stringify(data, null, 2)}\n` : text)
      io.end(STATUS[data.standing])
    })
}

const STATUS: Readonly<Record<HistoryData['standing'], number>> = {
  leak: EXIT.leak,
  change: EXIT.leak,
  open: EXIT.inconclusive,
  clean: EXIT.clean,
}

/** A misspelled name would show a history without anything in it. */
function refuseUnknown({ component, metric }: Flags, chosen: HistoryData, all: HistoryData): void {
  const keys = keysOf(all)
  if (keys.length === 0 || keysOf(chosen).length > 0) return
  const names = (values: readonly string[]): string => list([...new Set(values)])
  throw new UsageError(
    `the history has nothing of${component === undefined ? '' : ` component '${component}'`}${
      metric === undefined ? '' : ` metric '${metric}'`
    }: it has ${names(keys.map(key => key.component))}, with ${names(keys.map(key => key.metric))}`,
  )
}
