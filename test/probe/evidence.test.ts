import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { LiveAllocations, OpenResource, SnapshotTaken } from '../../lib/probe/protocol.cjs'
import type { RawSnapshot } from '../support/columns-of.js'
import { launch, type Launched } from './support/launch.js'

const settings = { keepAlive: true, evidence: true } as const
const markers = (count: string) => `
  class Marker { constructor(index) { this.index = index } }
  globalThis.markers = []
  const add = () => { for (let index = 0; index < ${count}; index++) markers.push(new Marker(index)) }`

const snapshot = (
  application: Launched,
  name: string,
  { thread = null, timeoutMs = 20_000 }: { thread?: number | null; timeoutMs?: number } = {},
): Promise<SnapshotTaken> =>
  application.ask({ method: 'snapshot', thread, path: join(application.folder, name), timeoutMs })

const perform = (application: Launched, module: string, index: number): Promise<unknown> =>
  application.ask({ method: 'run', module: join(application.folder, module), index, operations: 1 })

/** Ids of the objects of a class in a snapshot. */
const idsOf = (application: Launched, name: string, className = 'Marker'): Set<number> => {
  const raw = JSON.parse(readFileSync(join(application.folder, name), 'utf8')) as RawSnapshot
  const { node_fields: fields, node_types: types } = raw.snapshot.meta
  const objectType = (types[0] as string[]).indexOf('object')
  const ids = new Set<number>()
  for (let at = 0; at < raw.nodes.length; at += fields.length) {
    const [type, nameAt, id] = [raw.nodes[at]!, raw.nodes[at + 1]!, raw.nodes[at + 2]!]
    if (type === objectType && raw.strings[nameAt] === className) ids.add(id)
  }
  return ids
}
const common = (a: Set<number>, b: Set<number>): number => [...a].filter(id => b.has(id)).length

t.test('objects keep their ids from one snapshot to the next, whatever is read in between', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings,
    files: { 'add.cjs': `${markers('300')}; module.exports = add` },
  })
  t.teardown(application.end)
  for (const number of [1, 2, 3]) {
    await perform(application, 'add.cjs', number)
    await application.read()
    t.strictSame(await snapshot(application, `${String(number)}.json`), { idsKept: true })
    await application.read()
  }
  const [one, two, three] = ['1.json', '2.json', '3.json'].map(name => idsOf(application, name))
  t.strictSame([one!.size, two!.size, three!.size], [300, 600, 900])
  t.strictSame([common(one!, two!), common(two!, three!), common(one!, three!)], [300, 600, 300])
  t.equal(statSync(join(application.folder, '1.json')).mode & 0o777, 0o600)
})

t.test('it is told when another session of the application makes V8 forget them', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings,
    files: {
      'connect.cjs': `module.exports = () => {
        const session = new (require('node:inspector').Session)()
        session.connect()
        session.disconnect()
      }`,
    },
  })
  t.teardown(application.end)
  t.strictSame(await snapshot(application, '1.json'), { idsKept: true })
  t.strictSame(await snapshot(application, '2.json'), { idsKept: true })
  await perform(application, 'connect.cjs', 0)
  t.strictSame(await snapshot(application, '3.json'), { idsKept: false })
  t.strictSame(await snapshot(application, '4.json'), { idsKept: true })
})

t.test('a worker thread', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings,
    files: {
      'worker.cjs': `${markers('300')}; add(); setInterval(() => 0, 1e6)
        require('node:worker_threads').parentPort.on('message', () => { add(); process.exitCode = 0 })`,
      'ends.cjs': `setTimeout(() => 0, 100)`,
      'start.cjs': `
        const { Worker } = require('node:worker_threads')
        let worker
        module.exports = index => {
          if (index === 0) return new Promise(r => (worker = new Worker(__dirname + '/worker.cjs')).on('online', r))
          if (index === 1) return worker.postMessage('')
          if (index === 2) return new Promise(r => new Worker(__dirname + '/ends.cjs').on('exit', r))
          return worker.terminate()
        }`,
    },
  })
  t.teardown(application.end)
  await perform(application, 'start.cjs', 0)
  // The first reading leaves a thread alone that may be starting.
  await application.read()
  const { parts = [] } = await application.read()
  t.equal(parts[1]?.label, 'worker thread worker.cjs #1')
  const workers = (
    await application.ask<{ workers: { id: number }[] }>({
      method: 'read',
      timeoutMs: 20_000,
      counters: true,
      buffers: false,
    })
  ).workers
  const thread = workers[0]!.id
  t.strictSame(await snapshot(application, '1.json', { thread }), { idsKept: true })
  await perform(application, 'start.cjs', 1)
  t.notOk(
    (await application.read()).parts?.some(({ current }) => !current),
    'it is still read',
  )
  t.strictSame(await snapshot(application, '2.json', { thread }), { idsKept: true })
  const [one, two] = [idsOf(application, '1.json'), idsOf(application, '2.json')]
  t.strictSame([one.size, two.size, common(one, two)], [300, 600, 300])

  await perform(application, 'start.cjs', 2)
  await perform(application, 'start.cjs', 3)
  await t.rejects(snapshot(application, '3.json', { thread }), { code: 'ERR_PROBE_FAILED', message: /ended/ })
  t.notOk(existsSync(join(application.folder, '3.json')))
})

t.test('a path that is taken, also by a link that leads nowhere, is refused', async t => {
  const application = await launch('process.stdout.write("up\\n")', { settings })
  t.teardown(application.end)
  await application.hello
  const at = (name: string): string => join(application.folder, name)
  writeFileSync(at('victim'), 'mine')
  symlinkSync(at('victim'), at('link'))
  symlinkSync(at('nowhere'), at('dangling'))
  for (const name of ['victim', 'link', 'dangling']) await t.rejects(snapshot(application, name), /EEXIST/)
  t.equal(readFileSync(at('victim'), 'utf8'), 'mine')
  t.notOk(existsSync(at('nowhere')))
  await t.rejects(snapshot(application, 'missing/1.json'), /ENOENT/)
  await snapshot(application, '1.json')
})

t.test('an application that is busy has no snapshot taken, and no half of one stays', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings,
    files: {
      'busy.cjs': `module.exports = () => {
        process.stdout.write('busy\\n')
        while (!require('node:fs').existsSync(__dirname + '/enough')) continue
      }`,
    },
  })
  t.teardown(application.end)
  const running = perform(application, 'busy.cjs', 0)
  await application.line('busy')
  await t.rejects(snapshot(application, '1.json', { timeoutMs: 300 }), { code: 'ERR_PROBE_BUSY' })
  t.notOk(existsSync(join(application.folder, '1.json')))
  writeFileSync(join(application.folder, 'enough'), '')
  await running
  await application.read()
  t.strictSame(
    readdirSync(application.folder).filter(name => name.endsWith('.json')),
    [],
    'nor later',
  )
  await snapshot(application, '2.json')
  t.ok(JSON.parse(readFileSync(join(application.folder, '2.json'), 'utf8')))
})

t.test('without evidence there are no snapshots', async t => {
  const application = await launch('process.stdout.write("up\\n")', { settings: { keepAlive: true } })
  t.teardown(application.end)
  await application.hello
  // On Node 16 sessions are never closed.
  if (Number((await application.hello).nodeVersion.split('.')[0]) < 18) return
  await t.rejects(snapshot(application, '1.json'), { code: 'ERR_PROBE_FAILED' })
  t.notOk(existsSync(join(application.folder, '1.json')))
})

t.test('where what stays was allocated, and not where what goes was', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings,
    files: {
      'leak.cjs': `const kept = []
        module.exports = function leaks() { for (let i = 0; i < 2000; i++) kept.push({ i, list: [i, i, i, i] }) }`,
      'twin.cjs': `let last = []
        module.exports = function harmless() { for (let i = 0; i < 2000; i++) last[i % 10] = { i, list: [i, i, i, i] } }`,
    },
  })
  t.teardown(application.end)
  await perform(application, 'leak.cjs', 0)
  await perform(application, 'twin.cjs', 0)
  const at = { thread: null, timeoutMs: 20_000 }
  await application.ask({ method: 'sample', intervalBytes: 4096, ...at })
  for (let index = 1; index < 6; index++) {
    await perform(application, 'leak.cjs', index)
    await perform(application, 'twin.cjs', index)
  }
  const sites = await application.ask<LiveAllocations[]>({ method: 'allocations', ...at })
  const bytesOf = (file: string): number =>
    sites
      .filter(({ frames }) => frames[0]?.script === join(application.folder, file))
      .reduce((sum, { bytes }) => sum + bytes, 0)
  // Some 100 bytes for each of 10,000.
  t.ok(bytesOf('leak.cjs') > 400_000 && bytesOf('leak.cjs') < 2_500_000, String(bytesOf('leak.cjs')))
  t.ok(bytesOf('twin.cjs') < bytesOf('leak.cjs') / 20, String(bytesOf('twin.cjs')))
  t.match(sites[0]?.frames[0], {
    functionName: 'leaks',
    script: join(application.folder, 'leak.cjs'),
    line: 2,
  })
  t.notOk(
    sites.some(({ frames }) => frames[0]?.script.includes('/probe/')),
    'nothing of the probe',
  )
})

t.test(
  'what is open, by what it is',
  { skip: process.platform === 'linux' ? false : 'Linux only' },
  async t => {
    const application = await launch('process.stdout.write("up\\n")', {
      settings,
      files: {
        'data.txt': '',
        'child.cjs': 'setInterval(() => 0, 1e6)',
        'worker.cjs': 'setInterval(() => 0, 1e6)',
        'open.cjs': `
        const [fs, net] = ['node:fs', 'node:net'].map(require)
        const { once } = require('node:events')
        const kept = (globalThis.kept = [])
        const server = net.createServer(socket => kept.push(socket))
        const other = net.createServer(socket => kept.push(socket))
        module.exports = async index => {
          if (index === 0) return Promise.all([once(server.listen(0, '127.0.0.1'), 'listening'), once(other.listen(__dirname + '/x.sock'), 'listening')])
          kept.push(fs.openSync(__dirname + '/data.txt'), fs.openSync(__dirname + '/data.txt'))
          fs.closeSync(fs.openSync(__dirname + '/open.cjs'))
          for (const to of [{ port: server.address().port }, { port: server.address().port }, { path: __dirname + '/x.sock' }]) {
            const socket = net.connect(to)
            kept.push(socket)
            await once(socket, 'connect')
          }
          process.on('SIGUSR2', function kept() {})
          process.once('SIGUSR2', function kept() {})
          process.on('exit', process.exitLater = function bound() {}.bind(null))
          const removed = () => 0
          process.on('SIGHUP', removed).off('SIGHUP', removed)
          kept.push(require('node:child_process').fork(__dirname + '/child.cjs', ['--token=secret']))
          const worker = new (require('node:worker_threads').Worker)(__dirname + '/worker.cjs')
          await once(worker, 'online')
          return server.address().port
        }`,
      },
    })
    t.teardown(application.end)
    const count = async (): Promise<Map<string, number>> => {
      const found = await application.ask<OpenResource[]>({ method: 'resources' })
      return new Map(
        found.map(one => [`${one.kind} ${one.what}`.replaceAll(application.folder, '.'), one.count]),
      )
    }
    await perform(application, 'open.cjs', 0)
    const before = await count()
    await perform(application, 'open.cjs', 1)
    const after = await count()
    const more = [...after].filter(([what, number]) => number !== (before.get(what) ?? 0))
    const named = Object.fromEntries(
      more
        .filter(([what]) => !/^thread (?!worker)|pipe|event|^descriptor \/dev\/null/.test(what))
        .map(([what, number]) => [what.replace(/\d{4,}/, 'N'), number - (before.get(what) ?? 0)]),
    )
    t.match(named, {
      'descriptor ./data.txt': 2,
      'socket 127.0.0.1:N (established)': 2,
      'socket clients of port N (established)': 2,
      'listener process SIGUSR2 at ./open.cjs:16': 1,
      'listener process SIGUSR2 at ./open.cjs:17': 1,
      'listener process exit at ./open.cjs:18': 1,
      'process node ./child.cjs': 1,
      'thread worker ./worker.cjs': 1,
    })
    t.notOk(
      [...after.keys()].some(what => /SIGHUP|open\.cjs$|secret/.test(what)),
      'the twins are closed',
    )
  },
)

t.test('an application that is looked into ends by itself, and says nothing', async t => {
  const application = await launch(
    `const timer = setInterval(() => { if (require('node:fs').existsSync(__dirname + '/enough')) clearInterval(timer) }, 20)`,
    { settings: { evidence: true } },
  )
  t.teardown(application.end)
  await snapshot(application, '1.json')
  await application.ask({ method: 'sample', thread: null, intervalBytes: 4096, timeoutMs: 20_000 })
  writeFileSync(join(application.folder, 'enough'), '')
  const { code, stderr, stdout } = await application.ended
  t.strictSame({ code, stderr, stdout }, { code: 0, stderr: '', stdout: '' })
})
