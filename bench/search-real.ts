import { fileURLToPath } from 'node:url'
import { http, isolateLeak, type IsolationReport } from 'isolate-leak'

const fixture = (path: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/${path}`, import.meta.url))

/** Agents that keep no more than a bounded amount. */
const HARMLESS = [
  ...['offset', 'ring-buffer', 'timer-cleared', 'buffer-pool', 'lru-500-sequential'].map(
    name => `seeded/${name}`,
  ),
  ...['process-listener-removed', 'descriptor-closed', 'buffer-dropped'].map(name => `seeded/${name}`),
  ...['seeded-sets/spans-own-key', 'seeded-sets/response-ids'],
]

interface Case {
  readonly name: string
  readonly leaking: readonly string[]
}

const CASES: readonly Case[] = [
  { name: 'no leak', leaking: [] },
  { name: 'one leaks', leaking: ['seeded/object-each'] },
  { name: 'two leak', leaking: ['seeded/object-each', 'seeded/process-listener'] },
  { name: 'a pair leaks', leaking: ['seeded-sets/spans-shared-key', 'seeded-sets/response-ids'] },
]

/** Those that leak stand in the middle and at the end. */
function agentsOf({ leaking }: Case, count: number): string[] {
  const others = HARMLESS.filter(name => !leaking.includes(name)).slice(0, count - leaking.length)
  const [first, ...more] = leaking
  const middle = Math.floor(others.length / 2)
  return [
    ...others.slice(0, middle),
    ...(first === undefined ? [] : [first]),
    ...others.slice(middle),
    ...more,
  ]
}

/** Six and ten seeded agents as `auto` has it, and one at a time, on a plain HTTP server. */
export async function realRuns(): Promise<void> {
  console.log('Real launches, 2,560 operations, threshold 64 B/op, Node ' + process.version)
  console.log('leaks          agents  strategy   trials  alone  checks  seconds  culprits')
  for (const one of CASES) {
    for (const count of [6, 10]) {
      // What one at a time takes is plain; it is launched once, to compare.
      for (const strategy of one.name === 'one leaks' ? (['auto', 'each'] as const) : (['auto'] as const)) {
        const report = await isolateLeak({
          entry: fixture('apps/plain-server.cjs'),
          agents: agentsOf(one, count).map(name => ({ name, require: fixture(`${name}.cjs`) })),
          workload: http(),
          effort: 'quick',
          operations: 2_560,
          threshold: 64,
          retentionMs: 1_000,
          concurrency: 4,
          seed: 1,
          strategy,
        })
        console.log(line(one.name, count, report))
      }
    }
  }
}

function line(name: string, count: number, { trials, timings, culprits, options }: IsolationReport): string {
  const measured = trials.filter(({ purpose }) => purpose === 'measure')
  const units = (some: typeof measured): string =>
    String(some.reduce((sum, { operations }) => sum + operations / options.operations, 0))
  return [
    name.padEnd(14),
    String(count).padStart(7),
    `  ${options.strategy.padEnd(8)}`,
    units(measured).padStart(8),
    // Of these, what one at a time would need: without agents and with one.
    units(measured.filter(({ agents }) => agents.length < 2)).padStart(7),
    String(trials.length - measured.length).padStart(8),
    (timings.totalMs / 1000).toFixed(0).padStart(9),
    `  ${culprits.map(({ agents }) => agents.join('+')).join(', ') || 'none'}`,
  ].join('')
}
