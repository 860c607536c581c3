import { list, plural } from '../../../report/format/layout.js'
import { FEWEST_NIGHTS, isOpen, type HistoryData } from '../history-data.js'
import type { Night } from '../night.js'
import { changedSentence, changeSentence } from './change-sentence.js'
import { when } from './when.js'

const STANDING: Readonly<Record<HistoryData['standing'], string>> = {
  leak: 'LEAK',
  change: 'CHANGE',
  open: 'OPEN',
  clean: 'CLEAN',
}

/** What stands, and why, in a sentence. */
export function standingSentence({ nights, standing, changes }: HistoryData): string {
  if (nights.length === 0) return 'OPEN: there are no nights yet.'
  const why = {
    leak: 'the last answer is a leak',
    change: changes
      .filter(isOpen)
      .map(change => changeSentence(change, nights).replace(/\.$/, ''))
      .join('; '),
    open:
      nights.length < FEWEST_NIGHTS
        ? `fewer than ${String(FEWEST_NIGHTS)} nights do not tell a change from noise`
        : 'the last night has no verdict',
    clean: changes.some(({ stands, accepted }) => stands && accepted)
      ? 'no leak, and nothing grows more than was accepted'
      : 'no leak, and nothing grows more than it did',
  }[standing]
  return `${STANDING[standing]}: ${why}.`
}

/** How many nights, from when to when, and how they ended. */
export function spanSentence({ nights }: HistoryData): string {
  const count = (what: (night: Night) => boolean, word: string): string[] => {
    const number = nights.filter(what).length
    return number === 0 ? [] : [`${String(number)} ${word}`]
  }
  const counts = list([
    ...(['leak', 'clean', 'inconclusive'] as const).flatMap(verdict =>
      count(night => night.outcome === 'finished' && night.verdict === verdict, verdict),
    ),
    ...count(night => night.outcome === 'failed', 'failed'),
  ])
  const [first, last] = [nights[0], nights.at(-1)]
  if (first === undefined || last === undefined) return 'No nights.'
  return `${plural(nights.length, 'night')}, ${when(first.startedAt)} to ${when(last.startedAt)} UTC: ${counts}.`
}

/** Every change, whether it is over or accepted, and what else changed then. */
export function changeTexts({ changes, nights }: HistoryData): string[] {
  return changes.map(change => {
    const state = change.stands ? (change.accepted ? ' It is accepted.' : '') : ' It is over.'
    return `${changeSentence(change, nights)}${state} ${changedSentence(change.changed)}`
  })
}

/** Every night that failed, and why. */
export function failureTexts(nights: readonly Night[]): string[] {
  return nights.flatMap(night =>
    night.outcome === 'finished'
      ? []
      : [`${when(night.startedAt)}: ${night.error.message.split('\n')[0] ?? ''} (${night.error.code})`],
  )
}
