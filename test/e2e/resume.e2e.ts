import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import { answerOf, commandRuns } from '../support/command-runs.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpConfig } from '../support/made-up-config.js'
import { testSeed } from '../support/test-seed.js'

/** Trials that are finished when the run is killed, at a random moment after that. */
const BEFORE = 2
const MOST_MS = 700
const POLL_MS = 10

const folder = t.testdir({
  'leak.mjs': madeUpConfig(),
  killed: {},
})

const { start, run, journal, report } = commandRuns(folder, 'leak.mjs')

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

leavesNothing(t, 'killed at a random moment and gone on with: the verdict of an unbroken run', async t => {
  const delayMs = mulberry32(testSeed)() * MOST_MS
  const child = start('killed')
  const exited = once(child, 'exit')
  while (journal('killed').trials.length < BEFORE && child.exitCode === null)
    await Promise.race([sleep(POLL_MS), exited])
  await Promise.race([sleep(delayMs), exited])
  t.equal(child.exitCode, null, 'it is cut short')
  child.kill('SIGKILL')
  await exited
  const before = journal('killed')
  t.comment(`killed after ${String(before.trials.length)} trials, and ${delayMs.toFixed(0)} ms of others`)

  t.equal(await run('killed', '--resume'), 1)
  const { trials, lines } = journal('killed')
  t.strictSame(lines.slice(0, before.lines.length), before.lines, 'what was finished stays')
  t.equal(new Set(trials.map(({ id }) => id)).size, trials.length, 'and is not repeated')
  t.strictSame(report('killed').trials, trials, 'every trial of the journal is in the report, once')
  t.strictSame(answerOf(report('killed')), {
    verdict: 'leak',
    culprits: [{ kind: 'agent', agents: ['leaks'], metric: 'heap' }],
    components: [
      { name: 'application', verdict: 'clean' },
      { name: 'leaks', verdict: 'leak' },
      { name: 'twin', verdict: 'clean' },
    ],
  })

  t.equal(await run('killed', '--resume'), 1)
  t.equal(journal('killed').trials.length, trials.length, 'a finished run launches nothing')
})
