import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import { answerOf, commandRuns } from '../support/command-runs.js'
import { startBackend } from '../support/loopback-backend.js'
import { projectPath } from '../support/project-path.js'
import { ddTrace, expressFolder } from '../support/real-agents.js'
import { testSeed } from '../support/test-seed.js'

/** Kills, each at a random moment after so many more trials are finished: some hit a run that has just begun. */
const KILLS = [0, 1, 0, 2, 1]
const MOST_MS = 4_000
const POLL_MS = 50

const backend = await startBackend()
t.teardown(() => backend.close())

/** A nightly job on two real agents, of which one leaks 7 kB a request. */
const config = JSON.stringify({
  entry: {
    file: projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'),
    env: { EXPRESS_FOLDER: await expressFolder() },
  },
  agents: [await ddTrace('3.9.3', backend.url), await ddTrace('3.10.0', backend.url)],
  workload: { http: { path: '/orders/42' } },
  ...{ operations: 2_048, threshold: 512, retentionMs: 2_000, concurrency: 3, evidence: 'none' },
})
const folder = t.testdir({ 'leak.json': config, whole: {}, killed: {} })
const { start, run, journal, report } = commandRuns(folder, 'leak.json')

t.test('killed at five random moments and gone on with: the verdict of an unbroken run', async t => {
  const random = mulberry32(testSeed)
  t.equal(await run('whole'), 1)
  t.strictSame(answerOf(report('whole')), {
    verdict: 'leak',
    culprits: [{ kind: 'agent', agents: ['dd-trace 3.9.3'], metric: 'heap' }],
    components: [
      { name: 'application', verdict: 'clean' },
      { name: 'dd-trace 3.9.3', verdict: 'leak' },
      { name: 'dd-trace 3.10.0', verdict: 'clean' },
    ],
  })

  for (const [index, more] of KILLS.entries()) {
    const before = journal('killed')
    const child = start('killed', '--resume')
    const exited = once(child, 'exit')
    const delayMs = random() * MOST_MS
    while (journal('killed').trials.length < before.trials.length + more && child.exitCode === null)
      await Promise.race([sleep(POLL_MS), exited])
    await Promise.race([sleep(delayMs), exited])
    t.equal(child.exitCode, null, 'it is cut short')
    child.kill('SIGKILL')
    await exited
    const after = journal('killed')
    const trials = String(after.trials.length)
    t.comment(`kill ${String(index + 1)}: ${trials} trials, and ${delayMs.toFixed(0)} ms of others`)
    t.strictSame(after.lines.slice(0, before.lines.length), before.lines, 'what was finished stays')
  }
  t.equal(await run('killed', '--resume'), 1)
  t.strictSame(answerOf(report('killed')), answerOf(report('whole')))
  const { trials } = journal('killed')
  t.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
  t.strictSame(report('killed').trials, trials, 'every trial of the journal is in the report, once')

  // As many of each set of agents as the rule wanted, not one more.
  t.equal(await run('killed', '--resume'), 1)
  t.equal(journal('killed').trials.length, trials.length, 'a finished run launches nothing')
})
