import type { Test } from 'tap'
import { COMMENT_MARKER, LARGEST_COMMENT } from '../../../lib/report/comment/comment-text.js'
import { readMarkdown, type ReadMarkdown } from './read-markdown.js'

const OWN = /^(?:<!-- isolate-leak -->|<\/?details>|<summary>[^<>]*<\/summary>|<\/?code>)$/

/** What a reader makes of a comment: one marker, whatever is folded is whole, and nothing of a name is markup. */
export const checkComment = (t: Test, comment: string, name: string): ReadMarkdown => {
  const read = readMarkdown(comment)
  t.ok(comment.startsWith(`${COMMENT_MARKER}\n`), `${name}: the marker is at its beginning`)
  t.ok(comment.length <= LARGEST_COMMENT, `${name}: GitHub takes it`)
  const html = read.html.map(line => line.trim()).filter(line => line !== '')
  t.strictSame(
    html.filter(line => !OWN.test(line)),
    [],
    `${name}: no HTML but its own`,
  )
  const count = (wanted: string): number => html.filter(line => line === wanted).length
  t.equal(count(COMMENT_MARKER), 1, `${name}: one marker`)
  t.equal(count('<details>'), count('</details>'), `${name}: what is folded ends`)
  for (const kind of ['link', 'image']) t.notOk(read.markup.has(kind), `${name}: no ${kind}`)
  return read
}
