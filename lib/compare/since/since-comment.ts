import { commentText } from '../../report/comment/comment-text.js'
import { growthText, perWhat } from '../../report/format/growth.js'
import { shorten, verdictWords } from '../../report/format/layout.js'
import { bullets, markdownTable, prose } from '../../report/markdown/markdown-text.js'
import { packageVersion } from '../../system/version.js'
import { basisOf, upgradeDetails, type CommentOptions } from '../upgrade/upgrade-comment.js'
import { notJudgedSentence, sinceHeadline } from './since-text.js'
import type { JudgedChange, SinceData } from './types.js'

const LONGEST = 120
/** Further ones are counted. */
const MOST_ROWS = 30

/** A comment on a pull request: the verdict on every agent that it changes. */
export function sinceComment(data: SinceData, options: CommentOptions): string {
  const { judged, notJudged, since, commit, lockfile } = data
  const details = judged.map(({ upgrade }) => upgradeDetails(upgrade, options))
  const [first] = judged
  const compared = `${lockfile} compared with that of ${since} (${commit.slice(0, 12)})`
  return commentText({
    verdict: sinceHeadline(data),
    seen: [
      changesTable(judged),
      few(bullets(notJudged.map(one => shorten(notJudgedSentence(one), 3 * LONGEST)))),
    ],
    // The figures of all before the experiment of any.
    folded: [...details.map(([figures]) => figures), ...details.map(([, whole]) => whole)].flatMap(
      one => one ?? [],
    ),
    command: options.command,
    basis: `${first === undefined ? `isolate-leak ${packageVersion()}` : basisOf(first.upgrade.report)}; ${compared}`,
  })
}

function changesTable(judged: readonly JudgedChange[]): readonly string[] {
  const [first] = judged
  if (first === undefined) return []
  const per = perWhat(first.upgrade.to.component.growth)
  const rows = judged.map(({ agent, upgrade: { from, to, verdict } }) => {
    const { amount, interval } = growthText(to.component.growth)
    return [agent, from.version, to.version, verdictWords(verdict), amount, interval].map(cell =>
      prose(shorten(cell, LONGEST)),
    )
  })
  return few(
    markdownTable(['agent', 'before', 'now', 'verdict', `heap it adds per ${per}`, 'interval'], rows),
    MOST_ROWS + 2,
  )
}

function few(lines: readonly string[], most = MOST_ROWS): readonly string[] {
  const more = lines.length - most
  return more > 0 ? [...lines.slice(0, most), '', `And ${String(more)} more.`] : lines
}
