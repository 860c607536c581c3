import { join } from 'node:path'
import t from 'tap'
import { answerOf, command, commandRuns } from '../support/command-runs.js'
import { projectPath } from '../support/project-path.js'

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

const { run, report } = commandRuns(folder, 'leak.json')

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
  t.equal(await command(...merge), 1)
  t.strictSame(answerOf(report('merged')), answerOf(report('whole')))
  t.strictSame(answerOf(report('whole')), {
    verdict: 'leak',
    culprits: [{ kind: 'agent', agents: ['object-each'], metric: 'heap' }],
    components: [
      { name: 'application', verdict: 'clean' },
      ...NAMES.map(name => ({ name, verdict: name === 'object-each' ? 'leak' : 'clean' })),
    ],
  })
  t.equal(await command('merge', join(folder, 'shard-1'), join(folder, 'shard-3')), 3, 'two are missing')
})
