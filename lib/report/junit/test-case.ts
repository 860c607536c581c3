import { oneLine, visibleText } from '../format/visible-text.js'

/** One line of a list of tests: a component, a set that leaks together, or the experiment as a whole. */
export interface TestCase {
  /** The same in every run, so that a server can tell since when it fails. */
  readonly name: string
  readonly durationMs: number
  /** What is wrong with it; absent: nothing. */
  readonly problem?: Problem
}

export interface Problem {
  readonly element: 'failure' | 'error' | 'skipped'
  /** Of one word, for example `leak`. */
  readonly type: string
  /** Of one line. */
  readonly message: string
  /** Everything, in lines. */
  readonly text: string
}

/** How many cases ended how. */
export function countsOf(
  cases: readonly TestCase[],
): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const count = (name: Problem['element']): number =>
    cases.filter(({ problem }) => problem?.element === name).length
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  }
}

/** The cases as XML, each under a name of its own: servers drop a second one of the same name. */
export function testCaseElements(className: string, cases: readonly TestCase[]): string[] {
  const taken = new Map<string, number>()
  return cases.map(({ name, durationMs, problem }) => {
    const shown = oneLine(name)
    const count = (taken.get(shown) ?? 0) + 1
    taken.set(shown, count)
    return element(
      'testcase',
      {
        classname: className,
        name: count === 1 ? shown : `${shown} (${String(count)})`,
        time: inSeconds(durationMs),
      },
      problem === undefined ? [] : [problemElement(problem)],
    )
  })
}

/** `12.345`, as the schema wants it. */
export function inSeconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

function problemElement({ element: name, type, message, text }: Problem): string {
  return element(name, { type: oneLine(type), message: oneLine(message) }, visibleText(text))
}

type Attributes = Readonly<Record<string, string | number>>

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // as they are, a parser makes spaces or line feeds of them
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** An element on lines of its own; a text as its content stays as it is. */
export function element(
  name: string,
  attributes: Attributes,
  content: string | readonly string[] = '',
): string {
  const start = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${quoted(String(value))}"`),
  ]
  if (content.length === 0) return `<${start.join(' ')}/>`
  const inner = typeof content === 'string' ? plain(content) : `\n${content.map(indented).join('\n')}\n`
  return `<${start.join(' ')}>${inner}</${name}>`
}

/** A document in XML 1.0. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function plain(text: string): string {
  return visibleText(text).replaceAll(/[&<>\r]/g, character => ENTITIES[character] ?? character)
}

function quoted(text: string): string {
  return visibleText(text).replaceAll(/[&<>"\t\n\r]/g, character => ENTITIES[character] ?? character)
}

/** Only lines that begin an element: others are text, which spaces would change. */
function indented(markup: string): string {
  return `  ${markup.replaceAll(/\n(?= *<\/?[a-z])/g, '\n  ')}`
}
