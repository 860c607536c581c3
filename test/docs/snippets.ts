/** A fenced block of a Markdown text, and what the comment before it says. */
export interface Snippet {
  readonly language: string
  readonly code: string
  /** Line of the fence, from 1. */
  readonly line: number
  /** Expected exit status, from `<!-- exit: 1 -->`. Default 0. */
  readonly exitCode: number
  /** From `<!-- file: leak.test.js -->`: the name it is written under, for later snippets too. */
  readonly file: string | null
  /** From `<!-- run -->`; JavaScript and TypeScript are run without it. */
  readonly run: boolean
  /** From `<!-- not run: why -->`. */
  readonly notRun: string | null
}

const fence = /^```(\w+)[^\n]*\n([^]*?)^```$/gm
const comment = /<!--\s*(exit|file|run|not run)(?::\s*(.+?))?\s*-->\s*$/

/** The fenced blocks of a Markdown text that have a language. */
export const snippetsOf = (markdown: string): Snippet[] =>
  [...markdown.matchAll(fence)].map(match => {
    const said = commentsBefore(markdown.slice(0, match.index))
    return {
      language: match[1]!,
      code: match[2]!,
      line: markdown.slice(0, match.index).split('\n').length,
      exitCode: Number(said.get('exit') ?? 0),
      file: said.get('file') ?? null,
      run: said.has('run'),
      notRun: said.get('not run') ?? null,
    }
  })

const commentsBefore = (text: string): Map<string, string> => {
  const said = new Map<string, string>()
  for (let rest = text; ;) {
    const match = comment.exec(rest)
    if (match === null) return said
    said.set(match[1]!, match[2] ?? '')
    rest = rest.slice(0, match.index)
  }
}
