import { hanging } from '../../../report/format/layout.js'
import { changesIn } from '../changes/changes-in.js'
import { differencesBetween } from '../changes/differences.js'
import type { Night } from '../night.js'
import { baselineSentences, changedSentence, changeSentence, differenceList } from './change-sentence.js'

/** What the last night shows compared with those before: a few lines to go with its report. */
export function sinceLastNight(nights: readonly Night[], width: number = 80): string {
  const index = nights.length - 1
  const history = changesIn(nights)
  const changes = history.changes.filter(({ shown }) => shown === index)
  const baselines = history.baselines.filter(({ night }) => night === index)
  const before = nights.slice(0, -1).findLast(({ outcome }) => outcome === 'finished')
  const changed = differencesBetween(before, nights[index])
  const answers = nights
    .slice(0, -1)
    .findLast(night => night.outcome === 'finished' && night.verdict !== 'inconclusive')
  const last = nights[index]
  const texts = [
    ...(last?.outcome === 'finished' && answers?.outcome === 'finished' && answers.verdict !== last.verdict
      ? [`The verdict was ${answers.verdict}, now it is ${last.verdict}.`]
      : []),
    ...changes.map(change => `${changeSentence(change, nights)} ${changedSentence(change.changed)}`),
    ...baselineSentences(baselines, nights),
    ...(changed.length === 0 ? [] : [`Changed: ${differenceList(changed)}.`]),
  ]
  const title = before === undefined ? 'The first night of this history.' : 'Since last night:'
  if (before === undefined) return `${title}\n`
  if (texts.length === 0) return `${title} nothing that is more than noise.\n`
  return [title, ...texts.flatMap(text => hanging('  - ', text, width)), ''].join('\n')
}
