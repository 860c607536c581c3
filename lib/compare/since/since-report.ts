import { IsolateLeakError, LeakError } from '../../errors.js'
import { sinceBrief, sinceText } from './since-text.js'
import type { JudgedChange, NotJudgedChange, SinceData, SinceReport, SinceVerdict } from './types.js'

/** From the worst on. */
const ORDER = ['leaks', 'both-leak', 'inconclusive', 'fixes', 'safe'] as const

/** The verdict on all changes together: no better than that on any of them, and what was not judged is not called safe. */
export function sinceVerdict(
  judged: readonly JudgedChange[],
  notJudged: readonly Pick<NotJudgedChange, 'why'>[],
): SinceVerdict {
  const found = new Set<SinceVerdict>(judged.map(({ upgrade }) => upgrade.verdict))
  // What was removed cannot leak; of what else was not judged nothing is known.
  for (const { why } of notJudged) found.add(why === 'removed' ? 'safe' : 'inconclusive')
  return ORDER.find(verdict => found.has(verdict)) ?? 'unchanged'
}

/** The answer with its methods, which are not enumerable. */
export function createSinceReport(data: SinceData): SinceReport {
  return Object.freeze(
    Object.defineProperties(
      { ...data },
      {
        toString: { value: () => sinceText(data) },
        assertSafe: {
          value: () => {
            const { verdict } = data
            if (verdict === 'unchanged' || verdict === 'safe' || verdict === 'fixes') return
            const worst = worstOf(data)
            const message = sinceBrief(data, worst)
            throw worst === undefined
              ? new IsolateLeakError('ERR_LEAK', message)
              : new LeakError(message, worst.upgrade.report)
          },
        },
      },
    ),
  ) as SinceReport
}

function worstOf({ judged }: SinceData): JudgedChange | undefined {
  return judged.toSorted((a, b) => ORDER.indexOf(a.upgrade.verdict) - ORDER.indexOf(b.upgrade.verdict))[0]
}
