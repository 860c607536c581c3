import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ReportData } from 'isolate-leak'
import { projectPath } from '../support/project-path.js'
import { spawnCaller } from '../support/spawn-caller.js'

const SHARDS = 4
const NAMES = ['object-each', 'ring-buffer', 'timer-cleared', 'string-dropped']

const seeded = (name: string): object => ({
  name,
  require: projectPath('test', 'fixtures', 'seeded', `${name}.cjs`),
})
const folder = t.testdir({
  'leak.json': JSON.stringify({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: NAMES.map(seeded),
    workload: { http: { path: '/' } },
    ...{ operations: 2_560, threshold: 64, retentionMs: 500, evidence: 'none' },
  }),
})

const cli = async (...args: string[]): Promise<number | null> => {
  const child = spawnCaller(projectPath('dist', 'cli.js'), ...args)
  child.stdout.resume()
  await once(child, 'exit')
  return child.exitCode
}

const run = async (out: string, ...more: string[]): Promise<number | null> =>
  cli('run', join(folder, 'leak.json'), '--out', join(folder, out), ...more)

const report = (out: string): ReportData =>
  JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as ReportData

const answer = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(({ kind, agents, metric }) => ({ kind, agents, metric })),
  components: components.map(({ name, verdict }) => ({ name, verdict })),
})

t.test('four shards, merged, say what one run says', async t => {
  t.equal(await run('whole', '--seed', '1'), 1)
  const shards = Array.from({ length: SHARDS }, (_, index) => `shard-${String(index + 1)}`)
  for (const [index, shard] of shards.entries()) {
    const part = `${String(index + 1)}/${String(SHARDS)}`
    const leaks = NAMES[index] === 'object-each'
    t.equal(await run(shard, '--shard', part), leaks ? 1 : 0, part)
    t.strictSame(
      report(shard).components.map(({ name }) => name),
      ['application', NAMES[index]],
    )
  }
  const merge = ['merge', ...shards.map(shard => join(folder, shard)), '--out', join(folder, 'merged')]
  t.equal(await cli(...merge), 1)
  t.strictSame(answer(report('merged')), answer(report('whole')))
  t.strictSame(answer(report('whole')), {
    verdict: 'leak',
    culprits: [{ kind: 'agent', agents: ['object-each'], metric: 'heap' }],
    components: [
      { name: 'application', verdict: 'clean' },
      ...NAMES.map(name => ({ name, verdict: name === 'object-each' ? 'leak' : 'clean' })),
    ],
  })
  t.equal(await cli('merge', join(folder, 'shard-1'), join(folder, 'shard-3')), 3, 'two are missing')
})
