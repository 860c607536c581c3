import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { mulberry32 } from '../../lib/stats/random.js'
import type { ReportData, TrialRecord } from 'isolate-leak'
import { startBackend } from '../support/loopback-backend.js'
import { projectPath } from '../support/project-path.js'
import { ddTrace, expressFolder } from '../support/real-agents.js'
import { testSeed } from '../support/test-seed.js'
import { spawnCaller } from '../support/spawn-caller.js'

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

interface Journal {
  readonly trials: readonly TrialRecord[]
  readonly lines: readonly string[]
}

const journal = (out: string): Journal => {
  const file = join(folder, out, 'journal.jsonl')
  const text = readdirSync(join(folder, out)).includes('journal.jsonl') ? readFileSync(file, 'utf8') : ''
  const lines = text.split('\n').slice(0, -1)
  const parsed = lines.map(line => JSON.parse(line) as { type: string; record: TrialRecord })
  return { lines, trials: parsed.flatMap(({ type, record }) => (type === 'trial' ? [record] : [])) }
}

const report = (out: string): ReportData =>
  JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as ReportData

const start = (out: string, ...more: string[]): ReturnType<typeof spawnCaller> => {
  const options = ['run', join(folder, 'leak.json'), '--out', join(folder, out), ...more]
  const child = spawnCaller(projectPath('dist', 'cli.js'), ...options)
  child.stdout.resume()
  return child
}

const answer = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(({ kind, agents, metric }) => ({ kind, agents, metric })),
  components: components.map(({ name, verdict }) => ({ name, verdict })),
})

t.test('killed at five random moments and gone on with: the verdict of an unbroken run', async t => {
  const random = mulberry32(testSeed)
  const [status] = (await once(start('whole'), 'exit')) as [number]
  t.equal(status, 1)
  t.strictSame(answer(report('whole')), {
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
  const [last] = (await once(start('killed', '--resume'), 'exit')) as [number]
  t.equal(last, 1)
  t.strictSame(answer(report('killed')), answer(report('whole')))
  const { trials } = journal('killed')
  t.equal(new Set(trials.map(({ id }) => id)).size, trials.length)
  t.strictSame(report('killed').trials, trials, 'every trial of the journal is in the report, once')

  // As many of each set of agents as the rule wanted, not one more.
  const [again] = (await once(start('killed', '--resume'), 'exit')) as [number]
  t.equal(again, 1)
  t.equal(journal('killed').trials.length, trials.length, 'a finished run launches nothing')
})
