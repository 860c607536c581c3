import { join } from 'node:path'
import t from 'tap'
import { answerOf, command, commandRuns } from '../support/command-runs.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpConfig } from '../support/made-up-config.js'

const NAMES = ['leaks', 'twin']
const folder = t.testdir({ 'leak.mjs': madeUpConfig() })

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const { run, report } = commandRuns(folder, 'leak.mjs')

leavesNothing(t, 'two shards, of which one leaks, merged say what one run says', async t => {
  const shards = NAMES.map((_, index) => `shard-${String(index + 1)}`)
  for (const [index, shard] of shards.entries()) {
    const part = `${String(index + 1)}/${String(NAMES.length)}`
    t.equal(await run(shard, '--shard', part), NAMES[index] === 'leaks' ? 1 : 0, part)
    t.strictSame(
      report(shard).components.map(({ name }) => name),
      ['application', NAMES[index]],
    )
  }
  const merge = ['merge', ...shards.map(shard => join(folder, shard)), '--out', join(folder, 'merged')]
  t.equal(await command(...merge), 1)
  t.strictSame(answerOf(report('merged')), {
    verdict: 'leak',
    culprits: [{ kind: 'agent', agents: ['leaks'], metric: 'heap' }],
    components: [
      { name: 'application', verdict: 'clean' },
      { name: 'leaks', verdict: 'leak' },
      { name: 'twin', verdict: 'clean' },
    ],
  })
  t.equal(await command('merge', join(folder, 'shard-1')), 3, 'one is missing')
})
