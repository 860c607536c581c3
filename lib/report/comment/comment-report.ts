import { summaryBlocks } from '../markdown/summary-blocks.js'
import type { Reporter } from '../reporter.js'
import { culpritLine, othersLine, unaccusedLine } from '../text/verdict-lines.js'
import { prose } from '../markdown/markdown-text.js'
import { shorten } from '../format/layout.js'
import { DEFAULT_OPERATIONS_PER_SECOND, repeatCommand, repeatLine } from '../text/next-steps.js'
import { packageVersion } from '../../system/version.js'
import { commentText } from './comment-text.js'

const LONGEST = 1_000

/** A comment on a pull request: the verdict, what it rests on folded away, and how to repeat it. */
export const commentReport: Reporter = (report, options = {}) => {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  const others = othersLine(report)
  const [, ...figures] = summaryBlocks(report, operationsPerSecond)
  const [first, ...more] = report.culprits
  return commentText({
    verdict: first === undefined ? unaccusedLine(report) : culpritLine(first, report),
    seen: [...more.map(one => culpritLine(one, report)).slice(0, 9), others]
      .filter(line => line !== '')
      .map(line => [prose(shorten(line, LONGEST))]),
    folded: [{ title: 'Figures, what holds it, and what to do next', parts: figures }],
    command: repeatCommand(report),
    basis: `With the report as JSON. ${repeatLine(report)}`,
  })
}

/** The same where there is no answer, so that an earlier one does not stay. */
export function commentError(
  { code, message }: { readonly code: string; readonly message: string },
  command: string | null,
): string {
  return commentText({
    ...{ verdict: `ERROR: ${message} (${code})`, seen: [['There is no verdict.']], folded: [], command },
    basis: `isolate-leak ${packageVersion()}`,
  })
}
