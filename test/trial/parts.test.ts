import t from 'tap'
import type { IsolateReading, ProcessReading, ThreadReading } from '../../lib/probe/protocol.cjs'
import { combineReadings, type ProcessAnswer, partLabels } from '../../lib/trial/combine-readings.js'
import type { Progress } from '../../lib/trial/progress.js'
import { sampleOf } from '../../lib/trial/sample-of.js'
import { trialWarnings } from '../../lib/trial/record-of.js'
import type { TrialSpec } from '../../lib/trial/types.js'

const heap = (heapUsed: number): IsolateReading => ({
  heapUsed,
  heapLimit: 1000,
  compiledCode: 10,
  arrayBuffers: 5,
  external: 7,
  nativeContexts: 1,
  detachedContexts: 0,
  resources: { Timeout: 1 },
  listeners: 2,
  collectMs: 3,
})
const counts = { rss: 100, threads: 8, descriptors: 20 }
const worker = (id: number, heapUsed: number | null, current = true): ThreadReading => ({
  id,
  url: 'file:///app/jobs/worker.cjs',
  reading: heapUsed === null ? null : heap(heapUsed),
  current,
})
const process = (heapUsed: number, rest: Partial<ProcessReading> = {}): ProcessReading => ({
  main: heap(heapUsed),
  workers: [],
  descendants: [],
  ...counts,
  ...rest,
})
const child = (pid: number, heapUsed: number, rest: Partial<ProcessAnswer> = {}): ProcessAnswer => ({
  pid,
  script: '/app/server.cjs',
  reading: process(heapUsed, { descendants: null }),
  current: true,
  ...rest,
})
const below = (pid: number, name: string, parent = 1) => ({ pid, name, parent, isNode: false, ...counts })

t.test('an application without threads and processes is its main thread', async t => {
  const reading = combineReadings(process(500), [], '/app')
  t.strictSame(reading, { ...heap(500), ...counts, children: 0, workers: 0 })
  t.equal(combineReadings(process(500, { descendants: null }), [], '/app').children, null)
  const sample = sampleOf(
    { considered: [reading], settled: true, taken: 1 },
    { operations: 0, kind: 'grid', elapsedMs: 1 },
  )
  t.notOk('parts' in sample || 'unread' in sample, 'records stay as small as they were')
})

t.test('processes and threads are added up and named', async t => {
  const launched = process(500, {
    workers: [worker(3, 40), worker(2, 30)],
    descendants: [below(12, 'node'), below(11, 'node'), below(10, 'sh'), below(13, 'nginx')],
  })
  const children = [
    child(12, 200),
    child(11, 100, { reading: process(100, { workers: [worker(1, 20)], descendants: null }) }),
  ]
  const reading = combineReadings(launched, children, '/app')
  t.match(reading, {
    heapUsed: 890,
    heapLimit: 1000,
    compiledCode: 60,
    arrayBuffers: 30,
    external: 42,
    nativeContexts: 6,
    resources: { Timeout: 6 },
    listeners: 12,
    rss: 500,
    threads: 40,
    descriptors: 100,
    children: 4,
    workers: 3,
  })
  t.strictSame(
    reading.parts?.map(({ label, reading }) => [label, reading?.heapUsed]),
    [
      ['main thread', 500],
      ['worker thread jobs/worker.cjs #1', 30],
      ['worker thread jobs/worker.cjs #2', 40],
      ['child process server.cjs #1', 100],
      ['worker thread jobs/worker.cjs #3', 20],
      ['child process server.cjs #2', 200],
    ],
    'by age, not as they connected',
  )
  t.strictSame(
    reading.unmeasured?.map(({ name }) => name),
    ['sh', 'nginx'],
  )
})

t.test('a shell that waits for a process with a probe needs none', async t => {
  const descendants = [below(10, 'sh'), below(11, 'node', 10), below(12, 'sh')]
  const { unmeasured } = combineReadings(process(1, { descendants }), [child(11, 1)], '/app')
  t.strictSame(
    unmeasured?.map(({ pid }) => pid),
    [12],
  )
})

t.test('scripts are named from the working folder', async t => {
  const named = (script: string): string | undefined => partLabels([{ kind: 'thread', script }], '/app')[0]
  t.equal(named('file:///app/a%20b/c.mjs'), 'worker thread a b/c.mjs #1')
  t.equal(named('/srv/node_modules/pool/node_modules/thread/lib/w.js'), 'worker thread thread/lib/w.js #1')
  t.equal(named('/elsewhere/private/w.js'), 'worker thread w.js #1')
  for (const text of ['', 'data:text/javascript,1']) t.equal(named(text), 'worker thread [eval] #1')
})

const spec = {
  ...{ id: 1, agents: ['apm'], backend: 'up', launch: { collectors: [] } },
  settle: { toleranceBytes: 20_000 },
} as unknown as TrialSpec
const warningsOf = (readings: readonly Parameters<typeof combineReadings>[]): string[] => {
  const considered = readings.map(parts => combineReadings(...parts))
  const sample = sampleOf(
    { considered, settled: true, taken: considered.length },
    { operations: 0, kind: 'grid', elapsedMs: 1 },
  )
  const progress = {
    driver: null,
    errors: () => null,
    reachable: null,
    samples: [sample],
    heapLimitBytes: 1000,
    clockJumpMs: 0,
  }
  return trialWarnings(spec, progress as unknown as Progress).map(
    ({ code, message, downgrades }) => `${code} ${String(downgrades)} ${message.split(': ')[1] ?? message}`,
  )
}

t.test('what was not read is said, and only that', async t => {
  const launched = (workers: ThreadReading[], names: string[] = []): ProcessReading =>
    process(100, { workers, descendants: names.map((name, index) => below(20 + index, name)) })

  t.strictSame(warningsOf([[launched([worker(1, 50)]), [child(5, 60)], '/app']]), [])
  t.strictSame(
    warningsOf([[launched([worker(1, 50), worker(2, 40, false), worker(3, null, false)]), [], '/app']]),
    ['WORKER_THREADS_UNMEASURED true worker thread jobs/worker.cjs #2, worker thread jobs/worker.cjs #3'],
  )
  t.strictSame(
    warningsOf([
      [launched([], ['nginx', 'nginx', 'a', 'b', 'c', 'd', 'e']), [child(5, 1, { current: false })], '/app'],
    ]),
    ['CHILD_PROCESSES_UNMEASURED true child process server.cjs #1, 2 of nginx, a, b, c, 2 more'],
  )
})

t.test('what is starting, or gone with the next reading, is not missed', async t => {
  const at = (id: number, heapUsed: number | null): Parameters<typeof combineReadings> => [
    process(100, { workers: [worker(id, heapUsed)] }),
    [],
    '/app',
  ]
  t.strictSame(warningsOf([at(1, null), at(1, 50)]), [], 'read at last')
  t.strictSame(warningsOf([at(1, 50), at(2, null)]), [], 'new')
  t.match(warningsOf([at(1, null), at(1, null)]), [/^WORKER_THREADS_UNMEASURED/])
  const passing = (pid: number): Parameters<typeof combineReadings> => [
    process(100, { descendants: [below(pid, 'convert')] }),
    [],
    '/app',
  ]
  t.strictSame(warningsOf([passing(7), passing(8)]), [])
  t.match(warningsOf([passing(7), passing(7)]), [/^CHILD_PROCESSES_UNMEASURED true convert$/])
})

t.test('a process that is not Node and does not grow may be clean, and its twins may not', async t => {
  const over = (sizes: readonly number[], more: { readonly isNode?: boolean } = {}): string[] => {
    const samples = sizes.map(rss => {
      const descendants = [{ ...below(7, 'esbuild'), rss, ...more }]
      const considered = [combineReadings(process(100, { descendants }), [], '/app')]
      return sampleOf({ considered, settled: true, taken: 1 }, { operations: 0, kind: 'grid', elapsedMs: 1 })
    })
    const progress = {
      driver: null,
      reachable: null,
      errors: () => null,
      samples,
      heapLimitBytes: 1000,
      clockJumpMs: 0,
    }
    return trialWarnings(spec, progress as unknown as Progress).map(
      ({ message, downgrades }) => `${String(downgrades)} ${message.split(': ')[0] ?? ''}`,
    )
  }
  t.match(over([1_000_000, 9_000_000, 9_000_000, 9_004_096]), [
    /^false .* resident memory, which did not grow$/,
  ])
  t.match(over([9_000_000, 9_000_000, 9_100_000, 9_200_000]), [/^true .* could not be read$/])
  t.match(over([9_000_000, 9_000_000, 9_000_000, 9_000_000], { isNode: true }), [
    /^true .* could not be read$/,
  ])
})

t.test('a heap that comes near its own limit is said, a sum that exceeds it is not', async t => {
  t.strictSame(warningsOf([[process(600), [child(5, 600)], '/app']]), [])
  t.match(warningsOf([[process(100), [child(5, 960)], '/app']]), [
    /^NEAR_HEAP_LIMIT true the heap reached 95%/,
  ])
})
