/**
 * How right the verdicts are, on cases whose answer is known: `npm run bench:accuracy -- [case ...]`. A case is an id or a
 * pattern with `*`; without one all are run. What was run before is not launched again.
 *
 *   --aa N           and so many verdicts on identical harmless agents
 *   --effort NAME    quick, standard (default) or thorough; keep the journals of each in a folder of its own
 *   --judge          launches nothing: judges the journals that there are
 *   --again          launches again what was run before
 *   --try            only sees whether each case starts: one short launch an arm, journals in DIR-try
 *   --no-peers       without the naive script and the rules beside it
 *   --out DIR        folder of the journals (default .cache/accuracy)
 *   --json FILE      results (default accuracy.json in that folder)
 *   --markdown FILE  the table as Markdown
 *   --list           prints the cases
 */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { IsolateLeakOptions } from 'isolate-leak'
import { projectPath } from '../../test/support/project-path.js'
import { selectCases } from './cases/index.js'
import type { AccuracyCase } from './cases/types.js'
import { failedCase, judgeCase, type CaseResult } from './judge.js'
import { terminalText, writeResults } from './output.js'
import { finished, folderOf, runCase } from './run-case.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    aa: { type: 'string', default: '0' },
    effort: { type: 'string', default: 'standard' },
    judge: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    try: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    out: { type: 'string', default: projectPath('.cache', 'accuracy') },
    json: { type: 'string' },
    markdown: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
})

const attempt = values.try
const out = resolve(values.out) + (attempt ? '-try' : '')
const cases = selectCases(positionals, Number(values.aa))
const withPeers = !values['no-peers'] && !attempt
const files = { json: values.json ?? join(out, 'accuracy.json'), markdown: values.markdown }
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())

const startedAtMs = performance.now()
const say = (text: string): void => {
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0)
  process.stderr.write(`${seconds.padStart(6)} s  ${text}\n`)
}

/** The result of one case, launched where it has to be; `null` where nothing is there to judge. */
const settle = async (accuracyCase: AccuracyCase, index: number): Promise<CaseResult | null> => {
  const { id } = accuracyCase
  try {
    const wantsPeers = withPeers && !values.judge
    let measured = values.again ? null : await finished(accuracyCase, out, wantsPeers)
    if (measured === null && values.judge) return null
    if (measured === null) {
      await runCase(accuracyCase, {
        effort: values.effort as NonNullable<IsolateLeakOptions['effort']>,
        ...{ out, withPeers, attempt, signal: interrupt.signal, naiveFirst: index % 2 === 0 },
        onProgress: text => say(`${id}: ${text}`),
      })
      measured = await finished(accuracyCase, out, withPeers)
    }
    if (measured === null) throw new Error(`expected a finished run in ${folderOf(out, accuracyCase)}`)
    return await judgeCase(accuracyCase, folderOf(out, accuracyCase), measured)
  } catch (error) {
    if (interrupt.signal.aborted) return null
    say(`${id}: ${String(error)}`)
    return failedCase(accuracyCase, error)
  }
}

if (values.list) {
  for (const { id, expected, about } of cases)
    console.log(`${id.padEnd(44)} ${(expected.join(', ') || 'clean').padEnd(44)} ${about}`)
} else {
  await mkdir(out, { recursive: true })
  const results: CaseResult[] = []
  for (const [index, accuracyCase] of cases.entries()) {
    if (interrupt.signal.aborted) break
    const result = await settle(accuracyCase, index)
    if (result === null) continue
    results.push(result)
    say(`${result.id}: ${result.outcome}`)
    // What is known by then is kept when the rest is not reached.
    await writeResults(results, files)
  }
  console.log(terminalText(await writeResults(results, files)))
  if (interrupt.signal.aborted) process.exitCode = 130
  else if (results.some(({ outcome }) => outcome === 'error')) process.exitCode = 1
}
