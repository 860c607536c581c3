import { shorten } from '../format/layout.js'
import { blocks, fenced, folded, prose } from '../markdown/markdown-text.js'

/** By this the comment is found again, so that the next one takes its place. It is not shown. */
export const COMMENT_MARKER = '<!-- isolate-leak -->'
/** Of GitHub, which takes the least, characters. */
export const LARGEST_COMMENT = 65_536

const LONGEST_VERDICT = 600
/** Of one that would not fit by its names alone. */
const SHORTEST_VERDICT = 200

/** A comment on a pull request. */
export interface Comment {
  /** The answer, a text of one line. */
  readonly verdict: string
  /** What is seen at once, as Markdown. */
  readonly seen: readonly (readonly string[])[]
  /** What is folded away, the most telling first. */
  readonly folded: readonly { readonly title: string; readonly parts: readonly (readonly string[])[] }[]
  /** Runs it again; `null`: it is not known. */
  readonly command: string | null
  /** What it rests on, a text of one line. */
  readonly basis: string
}

/** Its Markdown, of at most {@link LARGEST_COMMENT} characters: what does not fit is left out, from the end, and the comment says so. */
export function commentText({ verdict, seen, folded: details, command, basis }: Comment): string {
  const repeat = command === null ? [] : [['To repeat it:'], fenced([command], 'sh')]
  const end = [...repeat, [prose(shorten(basis, LONGEST_VERDICT))]]
  const head = [[COMMENT_MARKER], [`**${prose(shorten(verdict, LONGEST_VERDICT))}**`]]
  for (let kept = details.length; kept >= 0; kept--) {
    const shown = details
      .slice(0, kept)
      .map(({ title, parts }) => folded(title, blocks(parts).trimEnd().split('\n')))
    const text = blocks([...head, ...seen, ...shown, ...leftOut(details.length - kept), ...end])
    if (text.length <= LARGEST_COMMENT) return text
  }
  return blocks([[COMMENT_MARKER], [`**${prose(shorten(verdict, SHORTEST_VERDICT))}**`], ...leftOut(1)])
}

function leftOut(count: number): string[][] {
  return count === 0 ? [] : [['The rest is too long for a comment: the output of the job has it.']]
}
