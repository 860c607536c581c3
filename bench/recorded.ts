/**
 * How often the rule is right on recorded launches: `npx tsc -p bench && node .cache/bench/bench/recorded.js [--calls 10000] [--only NAME] [--times 0] [--markdown FILE]`.
 *
 * Calls are drawn from the launches that `recorded/record.js` has recorded. To harmless agents one, two and ten times the threshold are added.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CONFIGURATIONS } from './recorded/configurations.js'
import { draw, isEnough, type Drawn } from './recorded/draw.js'
import { readRecording } from './recorded/recording.js'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    only: { type: 'string', multiple: true },
    times: { type: 'string', multiple: true },
    markdown: { type: 'string' },
  },
})
const calls = Number(values.calls)
const EFFORT = { operations: 5_120, threshold: 64 } as const
const ADDED = [0, 1, 2, 10] as const

const all = CONFIGURATIONS.map(({ name }) => readRecording(name))
const alone = all.flatMap(({ trials }) => trials)
const recordings = all.filter(
  ({ name }) => values.only === undefined || values.only.some(one => name.includes(one)),
)

const percent = (count: number): string => ((100 * count) / calls).toFixed(2)
const cells = ({ counts, launches, operations, undecidedBy }: Drawn): readonly string[] => [
  percent(counts.leak),
  percent(counts.clean),
  percent(counts.inconclusive),
  Object.entries(undecidedBy)
    .sort(([, a], [, b]) => b - a)
    .map(([metric, count]) => `${metric} ${percent(count)}`)
    .join(', '),
  launches.toFixed(1),
  operations.toFixed(1),
]

const lines = [
  '| agent | machine | added, B/op | leak, % | clean, % | inconclusive, % | by, % | launches | operations |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
]
const add = (line: readonly string[]): void => {
  lines.push(`| ${line.join(' | ')} |`)
  console.log(line.join('  '))
}
for (const recording of recordings) {
  for (const busy of [false, true]) {
    if (!isEnough(recording, busy)) continue
    for (const times of recording.leaks === null ? ADDED : [0]) {
      if (values.times !== undefined && !values.times.includes(String(times))) continue
      const added = times * EFFORT.threshold
      const drawn = draw({ ...{ recording, busy, added, calls, alone }, ...EFFORT })
      add([recording.name, busy ? 'busy' : 'quiet', String(added), ...cells(drawn)])
    }
  }
}
if (values.markdown !== undefined) writeFileSync(values.markdown, `${lines.join('\n')}\n`)
