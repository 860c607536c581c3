import { readFile } from 'node:fs/promises'
import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const agent = (name: string): { name: string; require: string } => ({
  name,
  require: projectPath('test', 'fixtures', 'seeded', `${name}.cjs`),
})

leavesNothing(t, 'an agent that takes CPU for every request costs more than its twin', async t => {
  const outDir = t.testdir()
  const report = await isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [agent('hashes-each'), agent('hashes-none')],
    workload: http(),
    ...{ operations: 512, threshold: 1024, retentionMs: 0, seed: 1, evidence: 'none', outDir },
    ...quickTiming,
  })
  const [burns, harmless, ...others] = report.costs ?? []
  t.strictSame(others, [])
  t.match(burns, { agent: 'hashes-each', backend: 'up', cpuMsPerSecond: null })
  const { cpuMsPerOperation: burned } = burns ?? {}
  const { cpuMsPerOperation: twin } = harmless ?? {}
  if (!burned || !twin) throw new Error('expected CPU time of both agents')
  t.comment(JSON.stringify({ burned, twin }))
  t.ok(burned.added > twin.added)
  t.ok(burned.low <= burned.added && burned.added <= burned.high)
  t.equal(burned.without, twin.without, 'both are compared with the same trials')
  t.ok(burned.without > 0)
  for (const name of ['operationsPerSecond', 'p50Ms', 'p99Ms', 'startMs', 'rssRestBytes'] as const)
    t.ok(burns?.[name] && harmless?.[name], name)
  t.match(String(report), /\nWhat it costs\n {2}agent +CPU\/op .*\n {2}hashes-each +\+/)
  const written = JSON.parse(await readFile(`${outDir}/report.json`, 'utf8')) as { costs: unknown }
  t.strictSame(written.costs, JSON.parse(JSON.stringify(report.costs)))
})
