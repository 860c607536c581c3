/** What a test file said of its assertions. */
export interface Counts {
  readonly pass: number
  readonly fail: number
  readonly skip: number
}

const CLOSING = /^# \{ total: \d+(.*) \}$/gm
const MOST_LINES = 60

/** The counts of the line with which tap closes a file; `null`: it did not come to that. */
export const countsOf = (output: string): Counts | null => {
  const closing = [...output.matchAll(CLOSING)].at(-1)?.[1]
  if (closing === undefined) return null
  const count = (name: string): number => Number(new RegExp(`\\b${name}: (\\d+)`).exec(closing)?.[1] ?? 0)
  return { pass: count('pass'), fail: count('fail'), skip: count('skip') }
}

/** Every assertion that failed with its diagnosis, below the names of the tests that it is in. */
export const failuresOf = (output: string): readonly string[] => {
  const inside: { readonly depth: number; readonly name: string }[] = []
  const said: string[] = []
  let left = 0
  for (const line of output.split('\n')) {
    const depth = line.length - line.trimStart().length
    const subtest = /^ *# Subtest: (.*)$/.exec(line)?.[1]
    if (subtest !== undefined) {
      while ((inside.at(-1)?.depth ?? -1) >= depth) inside.pop()
      inside.push({ depth, name: subtest })
    }
    const isAssertion = /^ *(not )?ok\b/.test(line)
    if (isAssertion) left = 0
    // What fails only since something in it fails has been said already.
    if (/^ *not ok\b/.test(line) && !/ # (TODO|time=)/i.test(line)) {
      const names = inside.filter(one => one.depth < depth).map(({ name }) => name)
      said.push(names.join(' > '))
      left = MOST_LINES
    }
    if (left-- > 0) said.push(line)
    if (/^ *\.\.\.$/.test(line)) left = 0
  }
  return said
}
