import { commentText, type Comment } from '../../report/comment/comment-text.js'
import { bullets, markdownTable, prose } from '../../report/markdown/markdown-text.js'
import { summaryBlocks } from '../../report/markdown/summary-blocks.js'
import { shorten } from '../../report/format/layout.js'
import { DEFAULT_OPERATIONS_PER_SECOND } from '../../report/text/next-steps.js'
import type { ReportData } from '../../types/index.js'
import type { UpgradeData } from './types.js'
import { sideCells, upgradeHeadline, upgradeSentences } from './upgrade-text.js'

const LONGEST = 300

/** How a comment is told what the answer does not hold. */
export interface CommentOptions {
  /** The command that gave the answer. */
  readonly command: string
  /** Rate at which growth is given per day. Default 100. */
  readonly operationsPerSecond?: number
}

/** A comment on a pull request: may the new version go out. */
export function upgradeComment(data: UpgradeData, options: CommentOptions): string {
  return commentText({
    verdict: upgradeHeadline(data),
    seen: [sidesMarkdown(data)],
    folded: upgradeDetails(data, options),
    command: options.command,
    basis: basisOf(data.report),
  })
}

/** Both versions side by side. */
export function sidesMarkdown(data: UpgradeData): readonly string[] {
  const { headings, rows } = sideCells(data)
  return markdownTable(
    headings,
    rows.map(row => row.map(cell => prose(shorten(cell, LONGEST)))),
  )
}

/** How the versions differ, and the experiment behind it. */
export function upgradeDetails(
  data: UpgradeData,
  { operationsPerSecond }: CommentOptions,
): Comment['folded'] {
  const { agent, from, to, report } = data
  const name = shorten(`${agent} ${from.version} → ${to.version}`, LONGEST)
  return [
    {
      title: `${name}: figures`,
      parts: [sidesMarkdown(data), bullets(upgradeSentences(data).map(one => shorten(one, 2 * LONGEST)))],
    },
    {
      title: `${name}: the whole experiment`,
      parts: summaryBlocks(report, operationsPerSecond ?? DEFAULT_OPERATIONS_PER_SECOND),
    },
  ]
}

/** What a comment rests on. */
export function basisOf({ environment, options, conditions }: ReportData): string {
  return `isolate-leak ${environment.isolateLeak}, Node ${environment.node}, ${conditions.workload}, effort ${options.effort}`
}
