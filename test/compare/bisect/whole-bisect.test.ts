import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { bisectVersions } from '../../../lib/compare/bisect/bisect-versions.js'
import type { BisectOptions, BisectReport } from '../../../lib/compare/bisect/types.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import type { TrialSpec } from '../../../lib/trial/types.js'
import type { TrialRecord } from '../../../lib/types/index.js'
import { cachePackages } from '../../support/cached-packages.js'
import { grows, madeCall } from '../../support/simulated-call.js'
import { simulatedHosts, type SimulatedHosts } from '../../support/simulated-host.js'

const versions = Array.from({ length: 12 }, (_, minor) => `1.${String(minor)}.0`)
const MISSING = '1.3.0'
await cachePackages(
  t,
  versions
    .map((version, minor) => ({
      ...{ name: 'made-up-apm', version },
      dependencies: { wrap: minor < 4 ? '1.0.0' : '2.0.0' },
    }))
    .filter(({ version }) => version !== MISSING),
)
const { options: given, fresh } = madeCall(t, [])
const { agents: none, ...options } = given
t.strictSame(none, [])

/** Minor number of the version that is launched; `null`: none. */
const minorOf = ({ launch }: TrialSpec): number | null => {
  const found = /made-up-apm@1\.(\d+)\.0-/.exec(launch.nodeArgs.join(' '))
  return found === null ? null : Number(found[1])
}

interface World {
  /** Bytes an operation that a version adds; `null`: it does not start. */
  readonly adds: (minor: number) => number | null
  readonly seed?: number
}

const hostsOf = ({ adds, seed = 1 }: World, most = Infinity): SimulatedHosts => {
  const hosts = simulatedHosts(
    spec => {
      const minor = minorOf(spec)
      const bytes = minor === null ? 1 : adds(minor)
      return bytes === null ? { kind: 'crashed', message: 'made to crash' } : grows(bytes, spec, { seed })
    },
    () => {
      if (hosts.launched.length >= most) throw new Error('killed')
    },
  )
  return hosts
}

const search = async (
  world: World,
  more: Partial<BisectOptions> = {},
  most?: number,
): Promise<{ report: BisectReport; hosts: SimulatedHosts }> => {
  const hosts = hostsOf(world, most)
  const wanted = { agent: 'made-up-apm', versions, seed: world.seed ?? 1 }
  const report = await bisectVersions({ ...options, ...wanted, ...hosts.option, ...more }).finally(() => {
    t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  })
  return { report, hosts }
}

const states = ({ versions: all }: BisectReport): Record<string, string> =>
  Object.fromEntries(all.map(({ version, state }) => [version, state]))

t.test('where a leak begins and ends, around versions that do not install or start', async t => {
  for (const [first, fixed] of [
    [1, 12],
    [4, 9],
    [6, 7],
    [10, 12],
    [0, 5],
  ] as const) {
    for (const seed of [1, 2]) {
      const { report, hosts } = await search({
        adds: minor => (minor === 8 ? null : minor >= first && minor < fixed ? 400 : 2),
        seed,
      })
      const name = `${String(first)} to ${String(fixed)}, seed ${String(seed)}`
      t.equal(report.verdict, 'found', name)
      t.equal(report.firstBad, first === 0 ? undefined : `1.${String(first)}.0`, name)
      t.equal(report.firstFixed, fixed === 12 ? undefined : `1.${String(fixed)}.0`, name)
      t.ok(report.edges.every(({ confirmed }) => confirmed))
      for (const { agents: on, id } of report.trials) {
        const spec = hosts.launched.find(one => one.id === id)
        t.equal(
          spec && minorOf(spec),
          on.length === 0 ? null : Number(on[0]?.split('.')[1]),
          'what is launched',
        )
      }
      if (first === 4) {
        t.match(states(report), { [MISSING]: 'inconclusive', '1.8.0': 'inconclusive', '1.4.0': 'bad' })
        t.match(report.edges, [
          { kind: 'bad', before: '1.2.0', between: [MISSING] },
          { kind: 'fixed', before: '1.7.0', between: ['1.8.0'] },
        ])
        t.strictSame(report.edges[0]?.packages, [{ name: 'wrap', from: '1.0.0', to: '2.0.0' }])
      }
    }
  }
})

t.test('no edge: harmless throughout, leaking throughout, nothing that starts', async t => {
  for (const seed of [1, 2]) {
    const clean = await search({ adds: minor => (minor === 8 ? null : 2), seed })
    t.match(clean.report, { verdict: 'clean', edges: [] }, `seed ${String(seed)}`)
    t.equal(clean.report.firstBad, undefined)
    const throughout = await search({ adds: () => 400, seed })
    t.match(throughout.report, { verdict: 'leaks-throughout', edges: [] })
    const none = await search({ adds: () => null, seed })
    t.match(none.report, { verdict: 'inconclusive', edges: [] })
    t.match(none.report.reason, /made to crash/)
  }
})

t.test('a search that is killed goes on, and says what an unbroken one says', async t => {
  const world: World = { adds: minor => (minor === 8 ? null : minor >= 4 && minor < 9 ? 400 : 2) }
  const whole = fresh()
  const { report: unbroken } = await search(world, { outDir: whole })
  const journal = await readFile(join(whole, 'bisect.jsonl'), 'utf8')
  const begun = journal.indexOf('\n') + 1
  const random = mulberry32(5)
  t.comment('seed 5')
  for (let kill = 0; kill < 12; kill++) {
    const outDir = fresh()
    await mkdir(outDir, { recursive: true })
    const written = journal.slice(0, begun + Math.floor(random() * (journal.length + 1 - begun)))
    await writeFile(join(outDir, 'bisect.jsonl'), written)
    const known = written
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as { type: string; record?: TrialRecord })
      .flatMap(({ record }) => record ?? [])
    const { report, hosts } = await search(world, { outDir, resume: true })
    t.strictSame([report.firstBad, report.firstFixed], [unbroken.firstBad, unbroken.firstFixed])
    t.strictSame(states(report), states(unbroken))
    t.strictSame(
      hosts.launched.filter(({ id }) => known.some(record => record.id === id)),
      [],
      'no finished trial is repeated',
    )
    t.strictSame(JSON.parse(JSON.stringify(report.trials.slice(0, known.length))), known, 'or lost')
    const again = await search(world, { outDir, resume: true })
    t.strictSame(again.hosts.launched, [])
    t.strictSame(again.report.edges, report.edges)
  }
  await t.rejects(search(world, { outDir: whole }), {
    code: 'ERR_OUTPUT',
    message: /has bisect\.jsonl and bisect\.json, which would be lost: go on with it/,
  })
  t.equal(await readFile(join(whole, 'bisect.jsonl'), 'utf8'), journal)
  await t.rejects(search(world, { outDir: whole, resume: true, operations: 4_096 }), {
    code: 'ERR_JOURNAL',
    message: /operations/,
  })
  const early = fresh()
  await t.rejects(search(world, { outDir: early }, 6), { message: 'killed' })
  t.equal((await search(world, { outDir: early, resume: true })).report.firstBad, '1.4.0')
})
