import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { OpenResource, ProcessReading } from '../../lib/probe/protocol.cjs'
import { locatePart } from '../../lib/trial/combine-readings.js'
import { privateFolder } from '../../lib/trial/private-folder.js'
import { snapshotRefusal, snapshotTimeoutMs, groupResources } from '../../lib/trial/looks.js'

const megabyte = 1024 * 1024

t.test('a snapshot that would cost too much is refused, with what to raise', async t => {
  t.equal(snapshotRefusal(100 * megabyte, 100 * megabyte, 1300 * megabyte), null)
  t.equal(
    snapshotRefusal(101 * megabyte, 100 * megabyte, Infinity),
    'its heap has 101 MB, above the limit of 100 MB: a snapshot stops an application for about 10 s and needs about 1313 MB ' +
      'of memory; raise `evidenceHeapLimitBytes` to have it taken',
  )
  t.equal(
    snapshotRefusal(20 * megabyte, 100 * megabyte, 259 * megabyte),
    'its heap has 20 MB: a snapshot stops an application for about 2.0 s and needs about 260 MB of memory, and the machine has ' +
      '259 MB left',
  )
  t.ok(snapshotTimeoutMs(200 * megabyte, 30_000) > 10 * 28_000 * 0.7, 'far more than one took')
})

t.test('a private folder', async t => {
  const parent = t.testdir()
  const folder = await privateFolder(parent, 'evidence-')
  t.ok(folder.startsWith(join(parent, 'evidence-')))
  t.equal(lstatSync(folder).mode & 0o777, 0o700)
  t.not(await privateFolder(parent, 'evidence-'), folder)
  await t.rejects(privateFolder(join(parent, 'missing'), 'x'), { code: 'ENOENT' })
  t.notOk(existsSync(join(parent, 'missing')))
})

t.test('what is open is added up, and many files of one folder are one', async t => {
  const file = (name: string, count = 1): OpenResource => ({ kind: 'descriptor', what: name, count })
  const many = (count: number): OpenResource[] =>
    Array.from({ length: count }, (_, index) => file(`/var/spool/${String(index)}`))
  const grouped = groupResources([
    { operations: 10, found: [file('pipe'), file('/etc/hosts'), ...many(5)] },
    { operations: 20, found: [file('pipe', 2), file('/etc/hosts'), file('/etc/hosts'), ...many(9)] },
  ])
  t.strictSame(grouped, [
    { operations: 10, counts: [file('pipe'), file('/etc/hosts'), file('/var/spool/*', 5)] },
    { operations: 20, counts: [file('pipe', 2), file('/etc/hosts', 2), file('/var/spool/*', 9)] },
  ])
  const few = groupResources([{ operations: 1, found: many(8) }])
  t.equal(few[0]?.counts.length, 8)
})

t.test('parts are found by their names', async t => {
  const heap = (heapUsed: number) => ({ heapUsed }) as ProcessReading['main']
  const reading = (heapUsed: number, workers: readonly number[]): ProcessReading =>
    ({
      main: heap(heapUsed),
      workers: workers.map(id => ({ id, url: 'file:///app/job.cjs', reading: heap(id), current: true })),
    }) as unknown as ProcessReading
  const child = (pid: number) => ({
    pid,
    script: '/app/child.cjs',
    reading: reading(pid, [7]),
    current: true,
  })
  const find = (label: string) => locatePart(label, reading(1, [4, 3]), [child(20), child(10)], '/app')
  t.strictSame(find('main thread'), { pid: null, thread: null, heapBytes: 1 })
  t.strictSame(find('worker thread job.cjs #1'), { pid: null, thread: 3, heapBytes: 3 })
  t.strictSame(find('worker thread job.cjs #2'), { pid: null, thread: 4, heapBytes: 4 })
  t.strictSame(find('child process child.cjs #2'), { pid: 20, thread: null, heapBytes: 20 })
  t.strictSame(find('worker thread job.cjs #4'), { pid: 20, thread: 7, heapBytes: 7 })
  t.equal(find('child process child.cjs #3'), null)
})
