import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { http, type IsolateLeakOptions } from 'isolate-leak'
import t from 'tap'
import { scrubSnapshot } from '../../lib/heap/scrub/scrub-snapshot.js'
import { createHeapSnapshot } from '../../lib/heap/read-heap-snapshot.js'
import { readColumns } from '../../lib/heap/parse/read-columns.js'
import { capture } from '../support/capture.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { spawnCaller } from '../support/spawn-caller.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)
const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const plain = (rest: Partial<IsolateLeakOptions> = {}): IsolateLeakOptions => ({
  entry: fixture('apps/plain-server.cjs'),
  agents: [],
  workload: http(),
  ...quickTiming,
  ...rest,
})
const readSnapshot = async (path: string) => createHeapSnapshot(await readColumns(path))

leavesNothing(
  t,
  'snapshots, allocations and what is open, of an agent that leaks and of its twin',
  async t => {
    const growth: Record<string, number> = {}
    for (const name of ['process-listener', 'process-listener-removed']) {
      const { record, captured, release } = await capture(
        plain({ agents: [{ name, require: fixture(`seeded/${name}.cjs`) }] }),
      )
      t.strictSame(record.outcome, { kind: 'completed' })
      t.equal(record.purpose, 'evidence')
      t.equal(captured.refused, null)
      t.ok(captured.comparable)
      t.strictSame(
        captured.snapshots.map(({ operations }) => operations),
        [50, 150, 250],
      )
      const folder = dirname(captured.snapshots[0]?.path ?? '')
      t.equal(statSync(folder).mode & 0o777, 0o700)
      t.equal(statSync(dirname(folder)).mode & 0o777, 0o700)
      for (const { path } of captured.snapshots) t.equal(statSync(path).mode & 0o777, 0o600)

      const closures = []
      for (const { path } of captured.snapshots) {
        const snapshot = await readSnapshot(path)
        const ofAgent = snapshot
          .classes()
          .filter(({ type, location }) => type === 'closure' && location?.script.endsWith(`/${name}.cjs`))
        closures.push(Math.max(0, ...ofAgent.map(({ count }) => count)))
      }
      const listeners = captured.resources.map(({ counts }) =>
        counts
          .filter(({ kind, what }) => kind === 'listener' && what.includes(`/${name}.cjs:`))
          .reduce((sum, { count }) => sum + count, 0),
      )
      const allocated = captured.allocations
        .filter(({ frames }) => frames[0]?.script.endsWith(`/${name}.cjs`))
        .reduce((sum, { bytes }) => sum + bytes, 0)
      if (name === 'process-listener') {
        t.strictSame(listeners, [50, 150, 250])
        t.ok((closures[2] ?? 0) - (closures[0] ?? 0) >= 200)
      } else {
        t.ok((listeners[2] ?? 0) - (listeners[0] ?? 0) < 2)
        t.ok((closures[2] ?? 0) - (closures[0] ?? 0) < 20)
      }
      growth[name] = allocated
      await release()
      t.notOk(existsSync(folder))
    }
    t.ok((growth['process-listener-removed'] ?? 0) <= (growth['process-listener'] ?? 0))
  },
)

for (const [part, entry, leak] of [
  ['worker thread thread.cjs #2', 'parts/thread.cjs', 'thread 1'],
  ['child process worker-process.cjs #1', 'parts/child.cjs', 'child'],
] as const) {
  leavesNothing(t, `of the ${part}`, async t => {
    const { captured, release } = await capture(
      plain({ entry: { file: fixture(entry), cwd: fixture('parts'), env: { PARTS_LEAK: leak } } }),
      { part },
    )
    t.equal(captured.refused, null)
    t.ok(captured.comparable)
    const [first, , last] = captured.snapshots
    const snapshots = [await readSnapshot(first?.path ?? ''), await readSnapshot(last?.path ?? '')]
    const kept = snapshots.map(
      snapshot =>
        snapshot.classes().find(({ properties }) => properties.join() === 'index,text,list')?.count ?? 0,
    )
    // A worker thread has every second request.
    t.ok((kept[1] ?? 0) - (kept[0] ?? 0) >= 100, kept.join())
    await release()
  })
}

leavesNothing(t, 'a part that is not there, and a heap above the limit', async t => {
  const missing = await capture(plain(), { part: 'worker thread nowhere.cjs #1' })
  t.match(missing.captured, {
    snapshots: [],
    refused: /^after operation 50 there was no worker thread nowhere\.cjs #1$/,
  })
  await missing.release()
  const large = await capture(plain(), { heapLimitBytes: 1_000_000 })
  t.strictSame(large.captured.snapshots, [])
  t.match(large.captured.refused, /above the limit of 1 MB: .* raise `evidenceHeapLimitBytes`/)
  t.equal(large.captured.resources.length, 3)
  await large.release()
})

leavesNothing(t, 'no secret is in what may be kept', async t => {
  const { captured, record, release } = await capture(
    plain({
      entry: { file: fixture('evidence/secrets.cjs'), env: { ZQ_ENV: 'zqenvSECRETvalue' } },
      workload: http({ headers: { 'x-api-key': 'zqheaderSECRETvalue' } }),
    }),
  )
  const folder = t.testdir()
  for (const { path, operations } of captured.snapshots) {
    const raw = readFileSync(path, 'latin1')
    for (const name of ['mapkey', 'mapvalue', 'key', 'header', 'env', 'const']) {
      t.ok(raw.includes(`zq${name}SECRETvalue`), `${name} is in the raw one`)
    }
    await scrubSnapshot(path, join(folder, `${String(operations)}.heapsnapshot`), Buffer.from('key'))
  }
  await release()
  const files = readdirSync(folder)
  t.equal(files.length, 3)
  for (const file of files) {
    t.notOk(readFileSync(join(folder, file)).includes('SECRET'), file)
    const snapshot = await readSnapshot(join(folder, file))
    t.ok(snapshot.nodeCount > 10_000)
  }
  const told = {
    record,
    allocations: captured.allocations,
    resources: captured.resources,
    refused: captured.refused,
  }
  t.notOk(JSON.stringify(told).includes('SECRET'))
})

leavesNothing(t, 'a caller that is killed', async t => {
  const caller = spawnCaller(fixture('evidence/capture-and-wait.mjs'), fixture('evidence/secrets.cjs'))
  const closed = once(caller, 'close')
  let said = ''
  caller.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const taken = async (): Promise<string[]> =>
    (await readdir(tmpdir(), { recursive: true })).filter(name => name.endsWith('.heapsnapshot'))
  while (caller.exitCode === null && (await taken()).length === 0) await sleep(20)
  caller.kill('SIGKILL')
  await closed
  t.equal(caller.signalCode, 'SIGKILL', 'it had a snapshot')
  t.equal(said, '')
})
