import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { mulberry32 } from '../../lib/stats/random.js'
import type { ReportData, TrialRecord } from 'isolate-leak'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpConfig } from '../support/made-up-config.js'
import { projectPath } from '../support/project-path.js'
import { testSeed } from '../support/test-seed.js'
import { spawnCaller } from '../support/spawn-caller.js'

/** Trials that are finished when the run is killed, at a random moment after that. */
const BEFORE = 2
const MOST_MS = 700
const POLL_MS = 10

const folder = t.testdir({
  'leak.mjs': madeUpConfig(),
  killed: {},
})

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

interface Journal {
  readonly trials: readonly TrialRecord[]
  readonly lines: readonly string[]
}

const journal = (out: string): Journal => {
  const file = join(folder, out, 'journal.jsonl')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lines = text.split('\n').slice(0, -1)
  const parsed = lines.map(line => JSON.parse(line) as { type: string; record: TrialRecord })
  return { lines, trials: parsed.flatMap(({ type, record }) => (type === 'trial' ? [record] : [])) }
}

const report = (out: string): ReportData =>
  JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as ReportData

const start = (out: string, ...more: string[]): ReturnType<typeof spawnCaller> => {
  const options = ['run', join(folder, 'leak.mjs'), '--out', join(folder, out), ...more]
  const child = spawnCaller(projectPath('dist', 'cli.js'), ...options)
  child.stdout.resume()
  return child
}

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

  const [status] = (await once(start('killed', '--resume'), 'exit')) as [number]
  t.equal(status, 1)
  const { trials, lines } = journal('killed')
  t.strictSame(lines.slice(0, before.lines.length), before.lines, 'what was finished stays')
  t.equal(new Set(trials.map(({ id }) => id)).size, trials.length, 'and is not repeated')
  const { verdict, culprits, components, trials: reported } = report('killed')
  t.strictSame(reported, trials, 'every trial of the journal is in the report, once')
  t.equal(verdict, 'leak')
  t.match(culprits, [{ kind: 'agent', agents: ['leaks'], metric: 'heap' }])
  t.strictSame(
    components.map(({ name, verdict }) => [name, verdict]),
    [
      ['application', 'clean'],
      ['leaks', 'leak'],
      ['twin', 'clean'],
    ],
  )

  const [again] = (await once(start('killed', '--resume'), 'exit')) as [number]
  t.equal(again, 1)
  t.equal(journal('killed').trials.length, trials.length, 'a finished run launches nothing')
})
