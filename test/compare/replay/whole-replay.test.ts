import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { isolateLeak } from '../../../lib/isolate-leak.js'
import { reportPath } from '../../../lib/report/json/json-report.js'
import { replay } from '../../../lib/compare/replay/replay.js'
import type { ReplayOptions, ReplayReport, ReplayVerdict } from '../../../lib/compare/replay/types.js'
import type { TrialSpec } from '../../../lib/trial/types.js'
import type { Verdict } from '../../../lib/types/index.js'
import { cachePackages } from '../../support/cached-packages.js'
import { grows, isOn, madeCall } from '../../support/simulated-call.js'
import { loads, simulatedHosts, type SimulatedHosts } from '../../support/simulated-host.js'

await cachePackages(t, [
  { name: 'made-up-apm', version: '1.0.0' },
  { name: 'made-up-apm', version: '1.1.0' },
])
process.env.MADE_UP_MODE = 'on'
t.teardown(() => delete process.env.MADE_UP_MODE)
const { options, fresh } = madeCall(t, ['logs'])
const agents = [
  { name: 'apm', package: 'made-up-apm@1.0.0', env: { MADE_UP_MODE: 'on' } },
  ...(options.agents ?? []),
]

/** Bytes an operation that the versions of the agent add, and the other agent. */
interface World {
  readonly old?: number
  readonly next?: number
  readonly logs?: number
  readonly noise?: number
}

const hostsOf = ({ old = 1, next = 1, logs = 1, noise = 2 }: World, seed: number): SimulatedHosts =>
  simulatedHosts(spec => {
    const bytes = [
      loads(spec, '/made-up-apm@1.0.0-') ? old : 0,
      loads(spec, '/made-up-apm@1.1.0-') ? next : 0,
      isOn(spec, 'logs') ? logs : 0,
    ]
    return grows(Math.max(1, ...bytes), spec, { seed, noise })
  })

/** A run that has left its report, and what it launched. */
const incident = async (
  world: World,
  seed: number,
): Promise<{ file: string; verdict: Verdict; launched: readonly TrialSpec[] }> => {
  const outDir = fresh()
  const hosts = hostsOf(world, seed)
  const { verdict } = await isolateLeak({ ...options, ...hosts.option, agents, seed, outDir })
  return { file: reportPath(outDir), verdict, launched: hosts.launched }
}

const again = async (
  file: string,
  world: World,
  more: ReplayOptions = {},
): Promise<{ report: ReplayReport; launched: readonly TrialSpec[] }> => {
  const hosts = hostsOf(world, 99)
  const report = await replay(file, { ...hosts.option, concurrency: 1, ...more })
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  return { report, launched: hosts.launched }
}

t.test('every verdict', async t => {
  const LEAK = { old: 400 }
  const UNSURE = { old: 60, noise: 400 }
  const table: readonly (readonly [was: World, now: World, ReplayVerdict])[] = [
    [LEAK, LEAK, 'still-happens'],
    [LEAK, {}, 'no-longer-happens'],
    [LEAK, { logs: 400 }, 'new-leak'],
    [LEAK, UNSURE, 'inconclusive'],
    [{}, {}, 'still-clean'],
    [{}, LEAK, 'new-leak'],
    [UNSURE, {}, 'clean'],
  ]
  for (const [was, now, verdict] of table) {
    for (const seed of [1, 3]) {
      const name = `${JSON.stringify(was)}, then ${JSON.stringify(now)}, seed ${String(seed)}`
      const { file, verdict: first } = await incident(was, seed)
      t.equal(first, was === LEAK ? 'leak' : was === UNSURE ? 'inconclusive' : 'clean', name)
      const { report } = await again(file, now)
      t.equal(report.verdict, verdict, name)
      t.strictSame([report.differences, report.variables], [[], ['MADE_UP_MODE']])
    }
  }
})

t.test('the same is launched, in the same order, with the variables of the environment', async t => {
  const { file, launched } = await incident({ old: 400 }, 7)
  const { launched: now } = await again(file, { old: 400 })
  const launches = (specs: readonly TrialSpec[]): unknown[] =>
    specs.map(({ agents: on, purpose, operations, launch: { nodeArgs } }) => ({
      ...{ on, purpose, operations, nodeArgs },
    }))
  t.strictSame(launches(now), launches(launched))
  const ofApm = now.filter(spec => loads(spec, 'made-up-apm'))
  t.ok(ofApm.length > 0 && ofApm.every(({ launch }) => launch.env.MADE_UP_MODE === 'on'))
})

t.test('in another version: the one that fixes it, and one that does not', async t => {
  for (const [next, verdict] of [
    [1, 'no-longer-happens'],
    [390, 'still-happens'],
  ] as const) {
    const { file } = await incident({ old: 400 }, 3)
    const { report, launched } = await again(file, { old: 400, next }, { versions: ['made-up-apm@1.1.0'] })
    t.match(report, {
      verdict,
      culprits: [{ agents: ['apm'], agentsNow: ['apm'], verdict }],
      differences: [{ what: 'version of made-up-apm', was: '1.0.0', now: '1.1.0' }],
    })
    t.strictSame(
      launched.filter(spec => loads(spec, '@1.0.0-')),
      [],
      'of the old one nothing is launched',
    )
  }
})

t.test('what the report does not tell has to be there', async t => {
  const { file } = await incident({}, 1)
  delete process.env.MADE_UP_MODE
  await t.rejects(replay(file, hostsOf({}, 1).option), {
    code: 'ERR_REPLAY',
    message: /MADE_UP_MODE \(agent apm\)/,
  })
  process.env.MADE_UP_MODE = 'on'
  const folder = fresh()
  await mkdir(folder)
  await writeFile(join(folder, 'report.json'), '{}')
  await t.rejects(replay(join(folder, 'report.json')), { code: 'ERR_REPORT' })
})
