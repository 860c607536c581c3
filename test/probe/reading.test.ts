import t from 'tap'
import type { IsolateReading, Reading, Usage } from '../../lib/probe/protocol.cjs'
import { launch, type Launched } from './support/launch.js'

const megabyte = 1024 * 1024
/** Readings of an application at rest agree within this, bytes. */
const tolerance = 4096

const read = (application: Launched, timeoutMs?: number): Promise<Reading> => application.read(timeoutMs)
const mainOf = (reading: Reading): IsolateReading =>
  reading.parts?.find(({ kind }) => kind === 'main')?.reading ?? reading
const heapOf = (reading: Reading): number => reading.heapUsed - reading.compiledCode

t.test('retained memory is seen, and only that', async t => {
  const allocate = 'Array.from({ length: 1024 }, () => new Array(128).fill(1.5))'
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'keep.cjs': `const kept = []; module.exports = () => { kept.push(${allocate}) }`,
      'drop.cjs': `let last; module.exports = () => { last = ${allocate}.length }`,
    },
  })
  t.teardown(application.end)
  const perform = (file: string, index: number) =>
    application.ask({ method: 'run', module: `${application.folder}/${file}`, index, operations: 1 })

  for (const file of ['keep.cjs', 'drop.cjs']) await perform(file, 0)
  const before = await read(application)
  await perform('drop.cjs', 1)
  const dropped = await read(application)
  await perform('keep.cjs', 1)
  const kept = await read(application)
  await perform('keep.cjs', 2)
  const keptTwice = await read(application)

  t.ok(Math.abs(heapOf(dropped) - heapOf(before)) < tolerance, 'what was dropped is not there')
  for (const [more, less] of [
    [kept, dropped],
    [keptTwice, kept],
  ] as const) {
    const growth = heapOf(more) - heapOf(less)
    t.ok(growth > megabyte && growth < 1.1 * megabyte, `1 MB was kept, ${growth} bytes were seen`)
  }
})

t.test(
  'a buffer that is replaced by a larger one is as many as before, one that is kept is one more',
  async t => {
    const application = await launch('process.stdout.write("up\\n")', {
      settings: { keepAlive: true },
      files: {
        'replace.cjs':
          'let buffer = Buffer.alloc(2 ** 20); module.exports = i => { buffer = Buffer.alloc(2 ** (20 + i)) }',
        'keep.cjs': 'const kept = []; module.exports = i => { kept.push(new ArrayBuffer(2 ** (20 + i))) }',
        'drop.cjs': 'let last; module.exports = i => { last = Buffer.alloc(2 ** (20 + i)).length }',
        'thread.cjs': `
        const { Worker } = require('node:worker_threads')
        module.exports = () => new Promise(resolve => {
          const code = 'kept = Buffer.alloc(3 * 2 ** 20); setInterval(() => kept, 1e6); require("node:worker_threads").parentPort.postMessage(0)'
          new Worker(code, { eval: true }).once('message', resolve)
        })`,
      },
    })
    t.teardown(application.end)
    const after = async (file: string, index: number): Promise<Reading['largeBuffers']> => {
      await application.ask({
        ...{ method: 'run', module: `${application.folder}/${file}`, index, operations: 1 },
      })
      return (await application.read(20_000, true)).largeBuffers
    }
    const start = await after('replace.cjs', 0)
    const [count, bytes] = [start?.count ?? NaN, start?.bytes ?? NaN]
    t.equal((await read(application)).largeBuffers, undefined, 'they are looked up when asked for')
    t.strictSame(await after('drop.cjs', 1), { count, bytes })
    t.strictSame(await after('replace.cjs', 2), { count, bytes: bytes + 3 * megabyte })
    t.strictSame(await after('keep.cjs', 1), { count: count + 1, bytes: bytes + 5 * megabyte })
    await after('thread.cjs', 0)
    // The first reading leaves a thread alone that may be starting.
    const withThread = (await application.read(20_000, true)).largeBuffers
    t.ok((withThread?.bytes ?? 0) >= bytes + 8 * megabyte, 'of worker threads as well')
    t.ok((withThread?.count ?? 0) > count + 1)
  },
)

t.test('reading adds nothing to the heap', async t => {
  const application = await launch(
    'require("http").createServer().listen(0, () => process.stdout.write("up\\n"))',
  )
  t.teardown(application.end)
  await application.line('up')

  const readings: number[] = []
  for (let count = 0; count < 60; count++)
    readings.push(heapOf(await application.read(20_000, count % 2 === 0)))
  t.ok(
    // V8 may tier up a function of the probe, once and for a few hundred bytes.
    Math.abs((readings.at(-1) ?? 0) - (readings[9] ?? 0)) < 50 * 64,
    `50 readings together, by bytes: ${readings.map(bytes => bytes - (readings[9] ?? 0)).join(' ')}`,
  )
})

t.test('counters', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'grow.cjs': `
        const vm = require('node:vm')
        const kept = []
        module.exports = index => {
          if (index === 0) return
          kept.push(new ArrayBuffer(1048576), vm.createContext({}))
          kept.push(require('node:fs').openSync(__filename))
          process.on('SIGUSR2', () => kept)
          kept.push(require('node:net').createServer().listen(0))
          setTimeout(() => kept, 1e6)
          kept.push(require('node:child_process').spawn('/bin/sleep', ['1000']))
          const { Worker } = require('node:worker_threads')
          const worker = new Worker('setInterval(() => 0, 1e6)', { eval: true })
          kept.push(worker)
          return new Promise(resolve => worker.once('online', resolve))
        }`,
    },
  })
  t.teardown(application.end)
  const perform = (index: number) =>
    application.ask({ method: 'run', module: `${application.folder}/grow.cjs`, index, operations: 1 })

  await perform(0)
  const before = await read(application)
  const again = await read(application)
  for (const name of [
    'descriptors',
    'threads',
    'children',
    'workers',
    'listeners',
    'nativeContexts',
  ] as const) {
    t.equal(again[name], before[name], `${name} of an application at rest`)
  }
  t.strictSame(again.resources, before.resources)
  t.notOk(before.resources['Timeout'], 'the timer that keeps the application alive is not counted')

  await perform(1)
  // A Worker is asked when it is seen for the second time.
  await read(application)
  const after = await read(application)
  t.equal(mainOf(after).arrayBuffers - before.arrayBuffers, megabyte)
  t.equal(mainOf(after).nativeContexts - before.nativeContexts, 1)
  t.equal(after.nativeContexts - before.nativeContexts, 2, 'a Worker has a context of its own')
  t.ok(after.listeners > before.listeners, 'listeners')
  t.ok((after.descriptors ?? 0) > (before.descriptors ?? 0), 'descriptors')
  t.ok((after.threads ?? 0) > (before.threads ?? 0), 'threads')
  t.ok(after.rss > megabyte && after.heapLimit > megabyte && after.compiledCode > 0, 'sizes')
  if (before.children !== null) t.equal(after.children, 1)
  t.match({ before: before.workers, after: after.workers }, { before: 0, after: 1 })
  if (Object.keys(after.resources).length > 0) {
    t.match(mainOf(after).resources, { Timeout: 1, TCPServerWrap: 1, ProcessWrap: 1 })
  }
})

t.test('a busy application', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'busy.cjs': `
        const fs = require('node:fs')
        module.exports = () => {
          fs.writeSync(1, 'busy\\n')
          while (!fs.existsSync(__dirname + '/enough')) continue
        }`,
    },
  })
  t.teardown(application.end)
  const { writeFile } = await import('node:fs/promises')

  let over = false
  const run = application
    .ask({ method: 'run', module: `${application.folder}/busy.cjs`, index: 0, operations: 1 })
    .then(() => (over = true))
  await application.line('busy')

  const usage: Usage = await application.ask({ method: 'usage', timeoutMs: 20_000 })
  t.ok(usage.heapUsed > megabyte && usage.heapTotal >= usage.heapUsed, 'usage is answered')
  await t.rejects(read(application, 200), { code: 'ERR_PROBE_BUSY', message: /200 ms/ })
  t.ok(
    (await application.ask<Usage>({ method: 'usage', timeoutMs: 20_000 })).heapUsed > megabyte,
    'and again',
  )
  t.notOk(over, 'meanwhile it was busy all the time')

  await writeFile(`${application.folder}/enough`, '')
  await run
  t.ok(heapOf(await read(application)) > megabyte, 'readings work again')
})

/** What Sentry's local variables do: the main thread debugs itself. */
const selfDebugging = (exceptions: 'all' | 'none'): string => `
  const { Session } = require('inspector')
  const session = new Session()
  session.connect()
  session.post('Debugger.enable')
  session.post('Debugger.setPauseOnExceptions', { state: '${exceptions}' })
  // Now and then one is thrown while the probe is connected: the main thread pauses.
  setInterval(() => { try { throw new Error('caught') } catch {} }, 120)
  let kept
  setTimeout(() => { kept = Array.from({ length: 1024 }, () => new Array(128).fill(1.5)) }, 50)
  process.stdout.write('up\\n')`

for (const exceptions of ['all', 'none'] as const) {
  const onNode16 = (process.env.PROBE_TEST_NODE ?? '').includes('/16')
  // There a session is held for the life of the process.
  if (onNode16) continue
  t.test(`an application that debugs itself, pausing on exceptions: ${exceptions}`, async t => {
    const application = await launch(selfDebugging(exceptions))
    t.teardown(application.end)
    await application.line('up')
    await new Promise(resolve => setTimeout(resolve, 300))
    const readings: Reading[] = []
    for (let count = 0; count < 30; count++) readings.push(await read(application))
    for (const reading of readings) t.ok(heapOf(reading) > megabyte, 'is read')
  })
}
