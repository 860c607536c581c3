/**
 * Time to verdict beside an earlier build: `npm run build && npx tsc -p bench && node .cache/bench/bench/time-to-verdict.js --against FOLDER`.
 *
 * FOLDER is where the earlier build is installed (`npm pack` in its checkout, `npm install` of that in an empty folder). Each case is called by
 * both, one after the other, in an order that is drawn; `--busy` does so beside a busy loop for each processor.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { mulberry32, shuffle } from '../lib/decide/stats/random.js'
import { projectPath } from '../test/support/project-path.js'
import { beside } from './beside.js'
import type { Timed } from './time-to-verdict/call.js'
import { CASES, type TimedCase } from './time-to-verdict/cases.js'

interface Build {
  readonly is: 'earlier' | 'today'
  readonly file: string
}

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    only: { type: 'string', multiple: true },
    effort: { type: 'string', default: 'standard' },
    busy: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    markdown: { type: 'string' },
  },
})

const builds: Build[] = [{ is: 'today', file: projectPath('dist', 'index.js') }]
if (values.against !== undefined) {
  builds.push({
    is: 'earlier',
    file: join(values.against, 'node_modules', 'isolate-leak', 'dist', 'index.js'),
  })
}

async function call(file: string, { name }: TimedCase): Promise<Timed> {
  const script = projectPath('.cache', 'bench', 'bench', 'time-to-verdict', 'call.js')
  const args = [script, file, name, values.effort, values.seed]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 })
  if (stderr !== '') console.error(stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Timed
}

const seconds = (ms: number | null): string => (ms === null ? '' : (ms / 1000).toFixed(1))

function told({ verdict, named, launches, totalMs, namedMs }: Timed, { leaks }: TimedCase): string {
  const isRight =
    leaks === null ? verdict === 'clean' : named.length === 1 && named[0]?.includes(leaks) === true
  const word = verdict === 'inconclusive' ? verdict : `${verdict}, ${isRight ? 'right' : '**wrong**'}`
  const naming = namedMs === null ? '' : `, named after ${seconds(namedMs)} s`
  return `${word}, ${String(launches)} launches, ${seconds(totalMs)} s${naming}`
}

const lines = ['| case | earlier | today | ratio |', '| --- | --- | --- | --- |']
const ratios: number[] = []
for (const [index, timed] of CASES.entries()) {
  if (values.only !== undefined && !values.only.some(one => timed.name.includes(one))) continue
  const results: Partial<Record<'earlier' | 'today', Timed>> = {}
  for (const { is, file } of shuffle(builds, mulberry32(Number(values.seed) * 31 + index))) {
    results[is] = await beside(values.busy, async () => call(file, timed))
  }
  const { earlier, today } = results
  const ratio = earlier === undefined || today === undefined ? null : today.totalMs / earlier.totalMs
  if (ratio !== null) ratios.push(ratio)
  const cells = [earlier, today].map(one => (one === undefined ? '' : told(one, timed)))
  const line = `| ${[timed.name, ...cells, ratio === null ? '' : ratio.toFixed(2)].join(' | ')} |`
  console.log(line)
  lines.push(line)
}
const sorted = [...ratios].sort((a, b) => a - b)
const middle =
  (sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN) + (sorted[Math.floor(sorted.length / 2)] ?? NaN)
const about = `Node ${process.version}, ${String(availableParallelism())} processors, ${values.busy ? 'a busy loop for each' : 'nothing beside'}, effort ${values.effort}; median ratio ${(middle / 2).toFixed(2)}, largest ${(sorted.at(-1) ?? NaN).toFixed(2)}.`
console.log(about)
if (values.markdown !== undefined) writeFileSync(values.markdown, `${about}\n\n${lines.join('\n')}\n`)
