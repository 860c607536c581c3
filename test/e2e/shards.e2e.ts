import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ReportData } from 'isolate-leak'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpConfig } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { spawnCaller } from '../support/spawn-caller.js'

const NAMES = ['leaks', 'twin']
const folder = t.testdir({ 'leak.mjs': madeUpConfig() })

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const cli = async (...args: string[]): Promise<number | null> => {
  const child = spawnCaller(projectPath('dist', 'cli.js'), ...args)
  child.stdout.resume()
  await once(child, 'exit')
  return child.exitCode
}

const run = async (out: string, ...more: string[]): Promise<number | null> =>
  cli('run', join(folder, 'leak.mjs'), '--out', join(folder, out), ...more)

const report = (out: string): ReportData =>
  JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as ReportData

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
  t.equal(await cli(...merge), 1)
  const { verdict, culprits, components } = report('merged')
  t.equal(verdict, 'leak')
  t.match(culprits, [{ kind: 'agent', agents: ['leaks'], metric: 'heap' }])
  t.equal(culprits.length, 1)
  t.strictSame(
    components.map(({ name, verdict }) => ({ name, verdict })),
    [
      { name: 'application', verdict: 'clean' },
      { name: 'leaks', verdict: 'leak' },
      { name: 'twin', verdict: 'clean' },
    ],
  )
  t.equal(await cli('merge', join(folder, 'shard-1')), 3, 'one is missing')
})
