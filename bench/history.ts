/**
 * How often changes in made histories are found, and how often noise is taken for one:
 * `npx tsc -p bench && node .cache/bench/bench/history.js`.
 *
 *   --runs NUMBER    histories a line (default 2,000)
 *   --write          also writes bench/results/history.md
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { changesIn } from '../lib/nightly/history/changes/changes-in.js'
import type { Night } from '../lib/nightly/history/night.js'
import { madeHistory } from './history/made-history.js'
import { firstAboveThreshold, firstShewhart } from './history/peers.js'

const { values: given } = parseArgs({
  options: { runs: { type: 'string', default: '2000' }, write: { type: 'boolean', default: false } },
})
const runs = Number(given.runs)
const REGRESSION = 20
const DEVIATIONS = [0.5, 1, 1.5, 2, 3]
const SIZES = [4, 7, 12]

/** The night, from 1, on which a method gives its first alarm; `null`: none. */
type Method = (nights: readonly Night[]) => number | null

const METHODS: Readonly<Record<string, Method>> = {
  'isolate-leak': nights => {
    const [first] = changesIn(nights).changes
    return first === undefined ? null : first.shown + 1
  },
  'above the threshold': firstAboveThreshold,
  '3 sigma of all nights': firstShewhart,
}

const percent = (count: number): string => `${((100 * count) / runs).toFixed(1)}%`
const lines: string[] = []
const row = (cells: readonly string[]): void => {
  lines.push(`| ${cells.join(' | ')} |`)
  console.log(cells.map((cell, index) => cell.padEnd(index === 0 ? 24 : 12)).join(' '))
}
const heading = (cells: readonly string[]): void => {
  row(cells)
  lines.push(`| ${cells.map(() => '---').join(' | ')} |`)
}
const title = (text: string): void => {
  lines.push('', `## ${text}`, '')
  console.log(`\n${text}`)
}

/** Versions of the agent that are new on some nights, from 1: a reason to look closer. */
const REASONS: readonly (readonly [string, readonly number[]])[] = [
  ['no version changes', []],
  ['versions change on nights 10 and 20', [10, REGRESSION]],
]

for (const [reason, versions] of REASONS) {
  title(`No regression, ${reason}: histories of 30 nights with a false alarm`)
  heading(['sd of a night, B/op', ...DEVIATIONS.map(String)])
  for (const [name, method] of Object.entries(METHODS)) {
    row([
      name,
      ...DEVIATIONS.map(deviation => {
        let alarms = 0
        for (let seed = 0; seed < runs; seed++) {
          if (method(madeHistory({ seed, deviation, versions })) !== null) alarms += 1
        }
        return percent(alarms)
      }),
    ])
  }
}

for (const [reason, versions] of REASONS) {
  for (const size of SIZES) {
    const to = `2 to ${String(2 + size)} B/op on night ${String(REGRESSION)}, threshold 16, ${reason}`
    title(`${to}: found within two nights / within five / alarm before`)
    heading(['sd of a night, B/op', ...DEVIATIONS.map(String)])
    for (const [name, method] of Object.entries(METHODS)) {
      row([
        name,
        ...DEVIATIONS.map(deviation => {
          let [soon, later, before] = [0, 0, 0]
          for (let seed = 0; seed < runs; seed++) {
            // Whether a job fails is not asked of the detector
            const made = { seed, deviation, later: 2 + size, regression: REGRESSION, versions, failed: 0 }
            const alarm = method(madeHistory(made))
            if (alarm === null) continue
            if (alarm < REGRESSION) before += 1
            else if (alarm < REGRESSION + 2) soon += 1
            if (alarm >= REGRESSION && alarm < REGRESSION + 5) later += 1
          }
          return `${percent(soon)} / ${percent(later)} / ${percent(before)}`
        }),
      ])
    }
  }
}

if (given.write) {
  const text = `# Changes from night to night

\`npx tsc -p bench && node .cache/bench/bench/history.js --write\`: ${runs.toLocaleString('en-US')} made histories a figure, 30 nights
each, an estimate of 3 trials a side with its interval every night. On top of the deviation of an estimate comes that between
nights (a third of it), 2% of the nights are off by 5 to 30 B/op, 5% inconclusive with three times the deviation, and where there is no
regression 3% fail. The peers are asked the same: growth whose whole interval is above the threshold; a night more than 3 standard deviations above the mean of
all nights before it (from the sixth night on).
${lines.join('\n')}
`
  writeFileSync(new URL('../../../bench/results/history.md', import.meta.url), text)
}
