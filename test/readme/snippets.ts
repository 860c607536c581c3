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
  /** From `<!-- ci: cron -->`: a job that `every-night.release.ts` runs. */
  readonly ci: string | null
  /** From `<!-- prints: text -->`: what its output holds. */
  readonly prints: readonly string[]
}

const fence = /^```(\w+)[^\n]*\n([^]*?)^```$/gm
const comment = /<!--\s*(exit|file|run|not run|ci|prints)(?::\s*(.+?))?\s*-->\s*$/

/** The fenced blocks of a Markdown text that have a language. */
export const snippetsOf = (markdown: string): Snippet[] =>
  [...markdown.matchAll(fence)].map(match => {
    const said = commentsBefore(markdown.slice(0, match.index))
    const last = (name: string): string | undefined => said.get(name)?.at(-1)
    return {
      language: match[1]!,
      code: match[2]!,
      line: markdown.slice(0, match.index).split('\n').length,
      exitCode: Number(last('exit') ?? 0),
      file: last('file') ?? null,
      run: said.has('run'),
      notRun: last('not run') ?? null,
      ci: last('ci') ?? null,
      prints: said.get('prints') ?? [],
    }
  })

const commentsBefore = (text: string): Map<string, string[]> => {
  const said = new Map<string, string[]>()
  for (let rest = text; ;) {
    const match = comment.exec(rest)
    if (match === null) return said
    said.set(match[1]!, [match[2] ?? '', ...(said.get(match[1]!) ?? [])])
    rest = rest.slice(0, match.index)
  }
}

export const isScript = ({ language }: Snippet): boolean =>
  /^([cm]?[jt]s|javascript|typescript)$/.test(language)
export const isTypeScript = ({ language }: Snippet): boolean => /^([cm]?ts|typescript)$/.test(language)
export const isShell = ({ language }: Snippet): boolean => /^(sh|bash|shell|console)$/.test(language)

/** Whether a block is code that somebody would copy, about which nothing says whether it is run, or what it is a part of. */
export const isSilentlyNotRun = (snippet: Snippet): boolean =>
  !isScript(snippet) &&
  !/^(text|diff)$/.test(snippet.language) &&
  !snippet.run &&
  snippet.notRun === null &&
  snippet.ci === null &&
  snippet.file === null
