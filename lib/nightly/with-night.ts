import { isPlainObject, invalidOption } from '../options/check/check-object.js'
import { debugFor } from '../system/debug.js'
import { IsolateLeakError } from '../errors.js'
import type { FailedNight, Night } from './history/night.js'
import { type Surroundings, failureNotification, notificationOf, jobLink } from './notify/notification-of.js'
import { resolveHistory } from './history/history-options.js'
import { type ResolvedNotify, resolveNotify, tell } from './notify/notify-options.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { IsolateLeakOptions } from '../options/types.js'
import { realTime } from '../system/real-time.js'
import type { IsolationReport, WarningCode } from '../types/index.js'
import { type ChosenFolder, openBook } from './book.js'
import { codeOf, failedNight } from './history/record/finished-night.js'
import { secretsOfRun, withoutSecrets } from '../report/redact/known-secrets.js'
import type { LeakNotification } from '../types/notification.js'

const debug = debugFor('history')
const NOWHERE: Surroundings = { files: null, link: null }

/** The options that matter to what is done around a run. */
type NightOptions = Pick<
  IsolateLeakOptions,
  'history' | 'notify' | 'outDir' | 'resume' | 'shard' | 'signal' | 'onEvent'
>

/** The run itself, in the folder that was chosen for it; it tells its options as soon as they are validated. */
export type Run = (
  chosen: ChosenFolder,
  resolvedTo: (resolved: ResolvedOptions) => void,
) => Promise<IsolationReport>

/**
 * Does what `history` and `notify` ask for around a run: chooses its folder, notes how it ended, also when it fails, tells
 * who is to be told, and removes old folders. Without them it is the run alone.
 * @throws IsolateLeakError what the run throws, or `ERR_OPTION_INVALID` and `ERR_HISTORY`; a notification that fails is a warning
 */
export async function withNight(options: NightOptions, run: Run): Promise<IsolationReport> {
  // What is no object is refused by the run.
  if (!isPlainObject(options)) return run({}, () => undefined)
  const { history: givenHistory, notify: givenNotify, ...given } = options
  const targets = resolveNotify(givenNotify)
  const history = resolveHistory(givenHistory, process.cwd())
  if (history !== null && given.shard !== undefined)
    throw invalidOption('history must not come with a shard, whose report is of a part only')
  if (history === null && targets.length === 0) return run({}, () => undefined)

  const startedAt = realTime.date()
  const startedAtMs = realTime.nowMs()
  const post = messenger(targets, given)
  const book = await openBook(history, given, startedAt)
  const surroundings = (): Surroundings => ({ files: book.files(), link: jobLink(process.env) })
  /** What was begun with other options, or is damaged, is left as it is. */
  const goOnOrBegin = async (resolvedTo: Parameters<Run>[1]): Promise<IsolationReport> => {
    try {
      return await run(book.folder(), resolvedTo)
    } catch (error) {
      if (!(error instanceof IsolateLeakError && error.code === 'ERR_JOURNAL') || !(await book.anew()))
        throw error
      debug('a new run begins: %s', error.message)
      return run(book.folder(), resolvedTo)
    }
  }
  const toTheEnd = async (): Promise<{
    report: IsolationReport
    nights: readonly Night[]
    index: number
  }> => {
    let resolved: ResolvedOptions | null = null
    try {
      const report = await goOnOrBegin(validated => {
        resolved = validated
      })
      return { report, ...(await book.finished(report)) }
    } catch (error) {
      const totalMs = realTime.nowMs() - startedAtMs
      const night = failureOf(error, { startedAt, totalMs, resolved, given: options, targets })
      try {
        await book.failed(night)
      } catch (unwritten) {
        // The first error is the one that is thrown.
        post.warn('HISTORY_FAILED', unwritten)
      }
      await post.send(failureNotification(night, surroundings()))
      throw error
    }
  }
  try {
    for (const night of book.killed) await post.send(failureNotification(night, NOWHERE))
    const { report, nights, index } = await toTheEnd()
    const notification = notificationOf(report, nights, index, surroundings())
    if (notification !== null) await post.send(notification)
    await book.tidy(post.warn)
    return report
  } finally {
    await book.close()
  }
}

/** What is known of a run that failed besides its error. */
interface FailedRun {
  readonly startedAt: Date
  readonly totalMs: number
  /** `null`: its options were refused. */
  readonly resolved: ResolvedOptions | null
  /** The options as they were given. */
  readonly given: unknown
  readonly targets: readonly ResolvedNotify[]
}

/** The line of a run that threw. What the application wrote may be in the message, so known secrets are taken out. */
function failureOf(error: unknown, failed: FailedRun): FailedNight {
  const { startedAt, totalMs, resolved, given, targets } = failed
  const addresses = targets.flatMap(target => (typeof target === 'function' ? [] : [target.url]))
  const secrets = secretsOfRun(resolved, process.env, given)
  const message = error instanceof Error ? error.message : String(error)
  return failedNight({
    ...{ startedAt, totalMs, run: null },
    code: codeOf(error),
    message: withoutSecrets(message, [...addresses, ...secrets]),
  })
}

/** Sends notifications, and says as events of the run what went wrong beside it. */
interface Messenger {
  send(notification: LeakNotification): Promise<void>
  readonly warn: (code: WarningCode, reason: unknown) => void
}

/** The messenger of a run. A run that was asked to stop waits for nobody for long. */
function messenger(
  targets: readonly ResolvedNotify[],
  { signal, onEvent }: Pick<IsolateLeakOptions, 'signal' | 'onEvent'>,
): Messenger {
  const warn = (code: WarningCode, reason: unknown): void => {
    const message = reason instanceof Error ? reason.message : String(reason)
    // Not validated yet where the run failed on its options.
    if (typeof onEvent === 'function')
      onEvent({ type: 'warning', warning: { code, message, downgrades: false } })
  }
  return {
    send: async notification => {
      const reason = await tell(targets, notification, signal?.aborted === true)
      if (reason !== null) warn('NOTIFY_FAILED', reason)
    },
    warn,
  }
}
