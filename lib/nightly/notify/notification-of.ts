import { changesIn } from '../history/changes/changes-in.js'
import { differencesBetween } from '../history/changes/differences.js'
import type { Change, Difference } from '../../types/history.js'
import type { FailedNight, Night } from '../history/night.js'
import { changeSentence, changedSentence, differenceList, partName } from '../history/text/sentences.js'
import { list } from '../../report/format/layout.js'
import { culpritLine, culpritName, othersLine, unaccusedLine } from '../../report/text/verdict-lines.js'
import type { ReportData, TrialRecord } from '../../types/index.js'
import type { LeakNotification, NotificationKind, NotifiedReport } from '../../types/notification.js'

/** What belongs to a notification besides what happened. */
export interface Surroundings {
  readonly files: LeakNotification['files']
  readonly link: string | null
}

/**
 * What is to be told of a night that has an answer; `null`: nothing.
 * @param nights the history with this night, or this night alone
 */
export function notificationOf(
  report: ReportData,
  nights: readonly Night[],
  index: number,
  surroundings: Surroundings,
): LeakNotification | null {
  const changes = changesIn(nights.slice(0, index + 1)).changes.filter(({ shown }) => shown === index)
  const before = lastAnswer(nights.slice(0, index))
  const told = tell(report, nights, changes, before)
  if (told === null) return null
  return {
    ...{ schemaVersion: 1, ...told, startedAt: report.timings.startedAt },
    report: withoutSamples(report),
    changes,
    changed: differencesBetween(before, nights[index]),
    error: null,
    ...surroundings,
  }
}

/** What is to be told of a night that failed. */
export function failureNotification(night: FailedNight, surroundings: Surroundings): LeakNotification {
  const { code, message } = night.error
  return {
    schemaVersion: 1,
    event: 'failed',
    title: 'The leak check did not run through',
    sentence: `It ended without an answer: ${message} (${code})`,
    startedAt: night.startedAt,
    report: null,
    changes: [],
    changed: [],
    error: night.error,
    ...surroundings,
  }
}

interface Told {
  readonly event: NotificationKind
  readonly title: string
  readonly sentence: string
}

function tell(
  report: ReportData,
  nights: readonly Night[],
  changes: readonly Change[],
  before: Night | undefined,
): Told | null {
  const more = changes.filter(({ direction }) => direction === 'up')
  if (report.verdict === 'leak') {
    const lines = report.culprits.map(culprit => culpritLine(culprit, report))
    return {
      event: 'leak',
      title: `${list(report.culprits.map(culpritName))} leaks memory`,
      sentence: sentences([...lines, othersLine(report), sinceLastNight(before, nights)]),
    }
  }
  if (more.length > 0)
    return {
      event: 'change',
      title: `${list([...new Set(more.map(partName))])} grows more than before`,
      sentence: changeSentences(more, nights),
    }
  if (report.verdict === 'clean' && before?.outcome === 'finished' && before.verdict === 'leak')
    return {
      event: 'recovery',
      title: 'The leak is gone',
      sentence: sentences([unaccusedLine(report), sinceLastNight(before, nights)]),
    }
  const less = changes.filter(({ direction }) => direction === 'down')
  if (less.length > 0 && report.verdict === 'clean' && isBack(less, nights))
    return {
      event: 'recovery',
      title: `${list([...new Set(less.map(partName))])} grows less again`,
      sentence: changeSentences(less, nights),
    }
  return null
}

/** Whether growth that had become more is what it was. */
function isBack(less: readonly Change[], nights: readonly Night[]): boolean {
  const { changes } = changesIn(nights)
  return less.some(down =>
    changes.some(
      up =>
        up.direction === 'up' &&
        up.shown < down.shown &&
        [up.component, up.metric, up.backend].join('\n') ===
          [down.component, down.metric, down.backend].join('\n'),
    ),
  )
}

/** The last night before that came to a verdict: an inconclusive one says neither. */
function lastAnswer(nights: readonly Night[]): Night | undefined {
  return nights.findLast(night => night.outcome === 'finished' && night.verdict !== 'inconclusive')
}

function changeSentences(changes: readonly Change[], nights: readonly Night[]): string {
  return sentences(
    changes.flatMap(change => [changeSentence(change, nights), changedSentence(change.changed)]),
  )
}

function sinceLastNight(before: Night | undefined, nights: readonly Night[]): string {
  const changed: readonly Difference[] = differencesBetween(before, nights.at(-1))
  return changed.length === 0 ? '' : `What changed since the night before: ${differenceList(changed)}.`
}

function sentences(texts: readonly string[]): string {
  return texts.filter(text => text !== '').join(' ')
}

function withoutSamples(report: ReportData): NotifiedReport {
  return {
    ...report,
    trials: report.trials.map(
      trial =>
        Object.fromEntries(
          Object.entries(trial).filter(([name]) => name !== 'samples' && name !== 'packages'),
        ) as unknown as Omit<TrialRecord, 'samples' | 'packages'>,
    ),
  }
}

type Variables = Readonly<Record<string, string | undefined>>

/** The page of the CI job that this is: GitHub, GitLab, Jenkins and others that give one in BUILD_URL. `null`: none is known. */
export function jobLink(env: Variables): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  const github = [server, repository, run].some(part => part === undefined || part === '')
    ? undefined
    : `${server ?? ''}/${repository ?? ''}/actions/runs/${run ?? ''}`
  const found = github ?? env.CI_JOB_URL ?? env.BUILD_URL
  return found !== undefined && /^https?:\/\/\S+$/.test(found) ? found : null
}
