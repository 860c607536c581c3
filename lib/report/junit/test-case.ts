import { oneLine, visibleText } from '../format/visible-text.js'
import { element } from './xml.js'

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
