import t from 'tap'
import { commentError, commentReport } from '../../lib/report/comment/comment-report.js'
import { COMMENT_MARKER, commentText, LARGEST_COMMENT } from '../../lib/report/comment/comment-text.js'
import { culpritLine } from '../../lib/report/text/verdict-lines.js'
import type { ReportData } from '../../lib/types/index.js'
import { checkComment } from './support/check-comment.js'
import { HOSTILE, hostileCleanReport, hostileReport, interactionReport } from './support/made-reports.js'
import { renderElsewhere } from './support/render-elsewhere.js'
import { cleanReport, inconclusiveReport, leakReport } from './support/sample-reports.js'

const reports = {
  leakReport,
  cleanReport,
  inconclusiveReport,
  interactionReport,
  hostileReport,
  hostileCleanReport,
}

t.test('the verdict first, figures folded, the command that repeats it', async t => {
  for (const [name, report] of Object.entries(reports)) {
    const comment = commentReport(report)
    const { fences, text, tables } = checkComment(t, comment, name)
    t.match(fences.at(-1), /^npx isolate-leak@0\.1\.0 replay report\.json$/)
    t.ok(tables.length > 0, 'figures')
    t.equal(
      renderElsewhere(one => commentReport(one), report),
      comment,
      'on every machine the same',
    )
    const [verdict] = text.split('\n')
    t.match(verdict, { leak: /^LEAK/, clean: /clean|No leak/i, inconclusive: /INCONCLUSIVE/ }[report.verdict])
  }
  const [culprit] = leakReport.culprits
  if (culprit === undefined) throw new Error('expected a culprit')
  t.ok(checkComment(t, commentReport(leakReport), 'leak').text.startsWith(culpritLine(culprit, leakReport)))
})

t.test('of an experiment that failed', async t => {
  const failed = { code: 'ERR_AGENT_CRASHED', message: `it crashed: ${HOSTILE}<!-- isolate-leak -->` }
  const { text, fences } = checkComment(
    t,
    commentError(failed, 'npx isolate-leak run leak.config.js'),
    'failed',
  )
  t.match(text, /^ERROR: it crashed/)
  t.strictSame(fences, ['npx isolate-leak run leak.config.js'])
  t.strictSame(checkComment(t, commentError(failed, null), 'failed').fences, [])
})

t.test('however large the report is, GitHub takes the comment', async t => {
  const [culprit] = hostileReport.culprits
  const [component] = hostileReport.components
  if (culprit === undefined || component === undefined) throw new Error('expected a culprit and a component')
  const large: ReportData = {
    ...hostileReport,
    culprits: Array.from({ length: 200 }, () => ({ ...culprit, agents: [HOSTILE.repeat(50)] })),
    components: Array.from({ length: 200 }, () => ({ ...component, name: HOSTILE.repeat(50) })),
  }
  const comment = commentReport(large)
  t.ok(comment.length <= LARGEST_COMMENT, String(comment.length))
  t.ok(comment.startsWith(COMMENT_MARKER))
  t.match(comment, /too long for a comment/)

  const part = { title: 'one', parts: [['x'.repeat(30_000)]] }
  const parts = { verdict: 'SAFE', seen: [], command: null, basis: 'b' }
  const two = commentText({ ...parts, folded: [part, { ...part, title: 'two' }] })
  t.match(two, /one[\s\S]*two/)
  t.notMatch(two, /too long/)
  const three = commentText({
    ...parts,
    folded: [part, { ...part, title: 'two' }, { ...part, title: 'three' }],
  })
  t.match(three, /one[\s\S]*two[\s\S]*too long/)
  t.notMatch(three, /three/)
  const seen = commentText({ ...parts, seen: [['y'.repeat(70_000)]], folded: [] })
  t.ok(seen.length < 1_000)
  t.match(seen, /SAFE/)
})
