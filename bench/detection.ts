/**
 * How small a leak is found, on real launches: `npx tsc -p bench && node .cache/bench/bench/detection.js [effort] [calls] [factor ...]`
 * Each call has one agent for each factor, which keeps so many times the threshold of the effort (quick: 64, standard: 16,
 * thorough: 4 bytes an operation) of every request. Default: quick, 10 calls, factors 0.5 1 1.25 1.5 2 2 2 2.
 */
import { fileURLToPath } from 'node:url'
import { http, isolateLeak, type Verdict } from 'isolate-leak'

const THRESHOLDS = { quick: 64, standard: 16, thorough: 4 } as const
type Effort = keyof typeof THRESHOLDS

const [effort = 'quick', calls = '10', ...factorsGiven] = process.argv.slice(2) as [Effort?, ...string[]]
const factors = factorsGiven.length > 0 ? factorsGiven.map(Number) : [0.5, 1, 1.25, 1.5, 2, 2, 2, 2]
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))

interface Tally {
  readonly counts: Record<Verdict, number>
  readonly estimates: number[]
}

const tallies = new Map<number, Tally>()
const application: Record<Verdict, number> = { leak: 0, clean: 0, inconclusive: 0 }
const startedAtMs = performance.now()
let trials = 0

for (let seed = 1; seed <= Number(calls); seed++) {
  const report = await isolateLeak({
    entry: fixture('apps/express-server.cjs'),
    agents: factors.map((factor, index) => ({
      name: `${String(index)}: ${String(factor)}`,
      require: fixture('agents/dial.cjs'),
      env: { DIAL_BYTES: String(factor * THRESHOLDS[effort]) },
    })),
    workload: http({ path: '/orders/42' }),
    effort,
    strategy: 'each',
    seed,
  })
  trials += report.trials.length
  for (const { name, kind, verdict, growth } of report.components) {
    if (kind === 'application') {
      application[verdict]++
      continue
    }
    const factor = Number(name.split(': ')[1])
    const tally = tallies.get(factor) ?? { counts: { leak: 0, clean: 0, inconclusive: 0 }, estimates: [] }
    tallies.set(factor, tally)
    tally.counts[verdict]++
    tally.estimates.push(growth.estimate)
  }
  process.stderr.write(`\r${String(seed)} of ${calls} calls`)
}

const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1)
console.log(`
effort ${effort}, threshold ${String(THRESHOLDS[effort])} B/op: ${calls} calls, ${String(trials)} trials, ${minutes} min, Node ${process.versions.node}
kept       leak  clean  inconclusive   median estimate (least to most)`)
for (const [factor, { counts, estimates }] of tallies) {
  const sorted = [...estimates].sort((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(1).padStart(6)
  const kept = `${(factor * THRESHOLDS[effort]).toFixed(1)} B`.padStart(8)
  const shares = [counts.leak, counts.clean, counts.inconclusive].map(count => String(count).padStart(6))
  console.log(`${kept} ${shares.join(' ')}        ${at(0.5)} (${at(0)} to ${at(1)}) B/op`)
}
console.log(
  `application alone: ${String(application.clean)} clean, ${String(application.leak)} leak, ${String(application.inconclusive)} inconclusive`,
)
