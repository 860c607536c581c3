import { fenced, prose } from '../markdown/markdown-text.js'

/** Something to do, with the lines that do it. */
export interface Action {
  /** Markdown. */
  readonly text: string
  /** Lines of a shell, or of code. */
  readonly lines?: readonly string[]
}

/** A sentence of which nothing is markup. */
export function action(text: string, ...lines: readonly string[]): Action {
  return { text: prose(text), ...(lines.length === 0 ? {} : { lines }) }
}

/** A task list, lines of code indented below their item. */
export function taskList(actions: readonly Action[]): string[] {
  return actions.flatMap(({ text, lines = [] }) => [
    `- [ ] ${text}`,
    ...(lines.length === 0 ? [] : ['', ...fenced(lines, 'sh').map(line => `  ${line}`), '']),
  ])
}
