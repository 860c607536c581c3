import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { isUrl } from '../../options/check/to-path.js'
import { readHistory } from '../../nightly/history/history-file.js'
import { sinceLastNight } from '../../nightly/history/text/history-text.js'
import type { WebhookFormat } from '../../types/notification.js'
import { resolveHistory } from '../../nightly/history/history-options.js'
import { WEBHOOK_FORMATS } from '../../nightly/notify/notify-options.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import type { CliContext } from '../context.js'
import { UsageError } from '../exit-status.js'
import { expected } from './values.js'

/** What {@link addNightlyOptions} adds, as commander gives it. */
export interface NightlyFlags {
  readonly history?: string
  readonly retain?: { readonly runs: number } | { readonly days: number }
  readonly notify?: string
  readonly notifyFormat?: WebhookFormat
}

const GROUP = 'Every night:'
/** Arguments of a process are seen by everybody on the machine, its variables are not. */
const URL_VARIABLE = 'ISOLATE_LEAK_NOTIFY_URL'

/** Options for a job that runs every night. */
export function addNightlyOptions(command: Command): Command {
  const options = [
    new Option('--history <dir>', 'add a line to the history in this folder; see isolate-leak history'),
    new Option(
      '--retain <n>',
      'how many folders of runs the history keeps, for example 30, or how old they get, for example 90d',
    ).argParser(retention),
    new Option(
      '--notify <url>',
      `webhook to tell of a leak, a recovery, a change and a failure; better in ${URL_VARIABLE}: whoever knows it can write there`,
    ),
    new Option('--notify-format <format>', 'what the webhook takes; by default its host tells').choices(
      WEBHOOK_FORMATS,
    ),
  ]
  return options.reduce((to, option) => to.addOption(option.helpGroup(GROUP)), command)
}

type Nightly = Pick<IsolateLeakOptions, 'history' | 'notify'>

/**
 * The options for every night: those of the config with what was given on the command line and in the environment.
 * @param cwd where the command was called
 * @throws UsageError for an option that would do nothing
 */
export function nightlyOf(flags: NightlyFlags, config: Nightly, { env }: CliContext, cwd: string): Nightly {
  const { history, retain, notifyFormat: format } = flags
  const given = history === undefined ? config.history : resolve(cwd, history)
  if (given === undefined && retain !== undefined) throw new UsageError('--retain needs --history')
  const variable = env[URL_VARIABLE]
  const url = flags.notify ?? (variable === '' ? undefined : variable)
  if (url === undefined && format !== undefined)
    throw new UsageError(`--notify-format needs --notify, or ${URL_VARIABLE}`)
  const earlier = config.notify === undefined ? [] : [config.notify].flat()
  return {
    ...(given === undefined
      ? {}
      : {
          history:
            retain === undefined
              ? given
              : { ...(typeof given === 'string' || isUrl(given) ? { dir: given } : given), ...retain },
        }),
    ...(url === undefined
      ? {}
      : { notify: [...earlier, { url, ...(format === undefined ? {} : { format }) }] }),
  }
}

/** What to print after the report of a night: what is new, and where its files are. */
export async function afterNight({ history }: Nightly, context: CliContext): Promise<string> {
  const resolved = resolveHistory(history, context.cwd())
  if (resolved === null) return ''
  const nights = await readHistory(resolved.folder)
  const run = nights.at(-1)?.run
  const folder =
    run === null || run === undefined ? '' : `Journal and report: ${resolve(resolved.folder, run)}\n`
  return `${sinceLastNight(nights)}${folder}`
}

function retention(text: string): { readonly runs: number } | { readonly days: number } {
  const [, amount, unit] = /^(\d+)(d?)$/.exec(text) ?? []
  const number = Number(amount)
  if (!Number.isSafeInteger(number) || number < 1)
    throw expected('a number of runs such as 30, or of days such as 90d')
  return unit === 'd' ? { days: number } : { runs: number }
}
