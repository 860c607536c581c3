import { realpathSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { diffHeapSnapshots } from '../../lib/heap/diff/diff-heap-snapshots.js'
import type { HeapDiff } from '../../lib/heap/heap-diff.js'
import type { HeapSnapshot } from '../../lib/heap/heap-snapshot.js'
import { snapshotsOf } from '../support/snapshots-of.js'

/** Performs 600, 600 and 900 operations of a case, and writes a snapshot after each. */
const main = `
const v8 = require('v8')
const { operate, ready } = require('./case.cjs')
;(async () => {
  await ready
  let index = 0
  for (const count of [600, 600, 900]) {
    for (let n = 0; n < count; n++) await operate(index++)
    await new Promise(done => setTimeout(done, 20))
    v8.writeHeapSnapshot(String(index).padStart(5, '0') + '.heapsnapshot')
  }
  process.exit()
})()
`
const operations = [600, 900] as const

interface Leak {
  /** Line 1 makes what holds, line 2 and further are operations. */
  readonly code: string
  readonly container?: string
  readonly holder: string
  readonly example: string
  readonly perOperation?: number
  /** Bounds where V8 shows only the room. */
  readonly between?: readonly [number, number]
  readonly line: number
}

const leaks: Record<string, Leak> = {
  'an object in a Map of a variable': {
    code: `const kept = new Map()
exports.operate = index => { kept.set('key' + index, { request: { index } }) }`,
    container: 'map',
    holder: 'Map',
    example: 'Object [request]',
    perOperation: 1,
    line: 2,
  },
  'one of ten in an exported Map': {
    code: `class Span { constructor(index) { this.index = index } }
const kept = exports.kept = new Map(); exports.operate = i => { if (i % 10 === 0) kept.set(i, new Span(i)) }`,
    container: 'map',
    holder: 'Map',
    example: 'Span [index]',
    perOperation: 0.1,
    line: 1,
  },
  'numbers in an array': {
    code: `const kept = []
exports.operate = index => { kept.push(index) }`,
    container: 'array',
    holder: 'Array',
    example: 'elements of Array []',
    between: [0.6, 1.7],
    line: 2,
  },
  'numbers in a Map': {
    code: `const kept = new Map()
exports.operate = index => { kept.set(index, index) }`,
    container: 'map',
    holder: 'Map',
    example: 'table of Map []',
    between: [0.6, 1.7],
    line: 2,
  },
  'texts in a Set': {
    code: `const kept = new Set()
exports.operate = index => { kept.add(['text', index].join(' ')) }`,
    container: 'set',
    holder: 'Set',
    example: '(string) []',
    perOperation: 1,
    line: 2,
  },
  'listeners of an emitter': {
    code: `const emitter = exports.emitter = new (require('events'))().setMaxListeners(0); emitter.on('event', () => 1)
exports.operate = index => {
  emitter.on('event', () => index)
}`,
    container: 'listeners',
    holder: 'Array',
    example: '(anonymous) []',
    perOperation: 1,
    line: 3,
  },
  'a chain of functions': {
    code: `let next = () => 0
exports.operate = index => { const inner = next; next = () => inner() + index }
exports.run = () => next()`,
    holder: 'system / Context',
    example: 'next []',
    perOperation: 1,
    line: 2,
  },
  'a list that grows at its end': {
    code: `const first = { index: -1, next: null }; let last = first; exports.first = first
exports.operate = index => { const link = { index, next: null }; last.next = link; last = link }`,
    holder: 'Object',
    example: 'Object [index,next]',
    perOperation: 1,
    line: 1,
  },
  'a list that grows at its start': {
    code: `let newest = null
exports.operate = index => { newest = { index, older: newest } }
exports.get = () => newest`,
    holder: 'system / Context',
    example: 'Object [index,older]',
    perOperation: 1,
    line: 2,
  },
  'stores that hold their parents, in asynchronous context': {
    code: `const { AsyncLocalStorage, AsyncResource } = require('async_hooks'); const storage = new AsyncLocalStorage()
let resume = run => run()
exports.operate = index => resume(() => storage.run({ index, parent: storage.getStore() }, () => {
  resume = AsyncResource.bind(run => run())
}))`,
    holder: 'system / Context',
    example: 'Object [index,parent]',
    perOperation: 1,
    line: 3,
  },
  'a Buffer': {
    code: `const kept = []
exports.operate = index => { kept.push(Buffer.alloc(9000, index)) }`,
    container: 'array',
    holder: 'Array',
    example: 'Buffer []',
    perOperation: 1,
    line: 2,
  },
  'values of a WeakMap, held by who holds the keys': {
    code: `const keys = []; const data = new WeakMap()
exports.operate = index => { const key = { index }; keys.push(key); data.set(key, { span: { at: { index } } }) }`,
    container: 'array',
    holder: 'Array',
    example: 'Object [index]',
    perOperation: 2,
    line: 2,
  },
  'properties of an object': {
    code: `const kept = exports.kept = {}
exports.operate = index => { kept['user ' + index] = { index } }`,
    container: 'object',
    holder: 'Object',
    example: 'Object [index]',
    perOperation: 1,
    line: 1,
  },
  'an array that is copied each time': {
    code: `let kept = []
exports.operate = index => { kept = [...kept, { index }] }
exports.get = () => kept`,
    holder: 'system / Context',
    example: 'Object [index]',
    perOperation: 1,
    line: 2,
  },
  "timers in Node's list": {
    code: `
exports.operate = index => { setTimeout(() => index, 1e9).unref() }`,
    holder: 'TimersList',
    example: 'Timeout [',
    perOperation: 1,
    line: 2,
  },
  "requests that wait in Node's http.Agent": {
    code: `const http = require('http'); const agent = new http.Agent({ maxSockets: 1 })
const server = http.createServer(() => {}).listen(0, '127.0.0.1'); let port
exports.ready = new Promise(done => server.on('listening', () => { port = server.address().port; done() }))
exports.operate = index => {
  http.get({ agent, port, host: '127.0.0.1', path: '/' + index }).on('error', () => index)
}`,
    container: 'array',
    holder: 'Array',
    example: 'ClientRequest [',
    perOperation: 1,
    line: 5,
  },
}

const harmless: Record<string, string> = {
  'a cache of 200': `const kept = new Map(); exports.kept = kept
exports.operate = index => { kept.set(index, { index, o: {} }); if (kept.size > 200) kept.delete(kept.keys().next().value) }`,
  'a cache that takes longer to turn over than the first interval': `const kept = new Map()
exports.operate = index => { kept.set(index, { index, o: {} }); if (kept.size > 590) kept.delete(kept.keys().next().value) }`,
  'a ring': `const ring = new Array(300).fill(null)
exports.operate = index => { ring[index % 300] = { index, o: {} } }`,
  'a pool': `const pool = []
exports.operate = index => { const one = pool.pop() ?? { index, o: {} }; one.index = index; pool.push(one) }`,
  'one late step': `const kept = []
exports.operate = index => { if (index === 1500) for (let n = 0; n < 3000; n++) kept.push({ n }) }`,
  'much from the start, replaced one by one': `const kept = Array.from({ length: 20000 }, (_, n) => ({ n }))
exports.operate = index => { kept[index] = { n: index } }`,
  'a batch that is flushed': `let batch = []
exports.operate = index => { batch.push({ index }); if (batch.length === 300) batch = [] }`,
  'work that leaves nothing': `
exports.operate = index => JSON.stringify({ index, text: 'x'.repeat(index % 10) })`,
}

const diffOf = async (folder: string): Promise<{ diff: HeapDiff; last: HeapSnapshot }> => {
  const [a, b, c] = await snapshotsOf(path.join(folder, 'main.cjs'), folder)
  if (!a || !b || !c) throw new Error('expected three snapshots')
  return { diff: diffHeapSnapshots(a, b, c, { operations }), last: c }
}
const nameOf = (snapshot: HeapSnapshot, node: number): string => {
  const { name, properties } = snapshot.classOf(node)
  return `${name} [${properties.join()}]`
}

for (const [name, leak] of Object.entries(leaks)) {
  t.test(`finds ${name}`, async t => {
    const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': leak.code }))
    const { diff, last } = await diffOf(folder)
    const [low, high] = leak.between ?? [(leak.perOperation ?? 0) * 0.98, (leak.perOperation ?? 0) * 1.02]
    const [container] = diff.containers
    if (leak.container !== undefined) {
      t.match(container, { kind: leak.container, isEstimate: leak.between !== undefined })
      t.not(container?.isProportional, false)
      t.equal(container?.sizes.length, 3)
      t.ok((container?.leakShareBytes ?? 0) > diff.added.sizeBytes / 3, 'most of what was added')
    }
    const [cluster] = diff.clusters
    t.ok(cluster)
    if (!cluster) return
    t.equal(last.classOf(cluster.holder).name, leak.holder)
    t.ok(nameOf(last, cluster.example).startsWith(leak.example), nameOf(last, cluster.example))
    t.not(cluster.isProportional, false)
    t.ok(cluster.perOperation >= low && cluster.perOperation <= high, `${cluster.perOperation} per operation`)
    t.match(cluster.location, { script: path.join(folder, 'case.cjs'), line: leak.line })
    t.equal(cluster.path.at(-1)?.to, cluster.example)
    t.ok(cluster.path.every((edge, index) => edge.from === (index === 0 ? 0 : cluster.path[index - 1]?.to)))
    const held = cluster.path.map(({ to }) => to)
    t.ok(held.slice(0, cluster.oldSteps).includes(cluster.holder))
    t.ok(held.length - cluster.oldSteps <= 12, 'a short way to the example')
    const others = diff.clusters.slice(1).filter(({ isProportional }) => isProportional === true)
    t.ok(
      others.every(({ leakShareBytes }) => leakShareBytes < cluster.leakShareBytes / 2),
      'one cluster',
    )
  })
}

for (const [name, code] of Object.entries(harmless)) {
  t.test(`does not take for growth: ${name}`, async t => {
    const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': code }))
    const { diff } = await diffOf(folder)
    t.strictSame(
      diff.containers.filter(({ isProportional }) => isProportional === true),
      [],
    )
    const grown = diff.clusters.filter(({ isProportional }) => isProportional === true)
    t.ok(
      grown.every(({ leakShareBytes }) => leakShareBytes < 2_000),
      JSON.stringify(grown.map(({ leakShareBytes }) => leakShareBytes)),
    )
    const classes = diff.classes.filter(entry => entry.isProportional === true && entry.bytesPerOperation > 2)
    t.strictSame(
      classes.map(entry => entry.class.name),
      [],
    )
  })
}

t.test('what classes hold, with all that hangs on them alone', async t => {
  const code = `class Entry { constructor(index) { this.index = index; this.body = new Body() } }
class Body { constructor() { this.buffer = new Uint8Array(1000) } }
class Note { constructor(body) { this.body = body } }
const kept = []; const notes = []
exports.operate = index => { const entry = new Entry(index); kept.push(entry); notes.push(new Note(entry.body)) }`
  const alone = code.replace('notes.push(new Note(entry.body))', 'notes.length')
  const held = async (text: string): Promise<Record<string, number>> => {
    const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': text }))
    const { diff, last } = await diffOf(folder)
    const named = last
      .classes()
      .filter(({ name, type }) => type === 'object' && /^(?:Entry|Body|Note)$/.test(name))
    return Object.fromEntries(named.map(one => [one.name, diff.heldBytes(one) / 1500]))
  }
  const own = await held(alone)
  t.ok((own['Body'] ?? 0) > 1000 && (own['Entry'] ?? 0) > (own['Body'] ?? 0), JSON.stringify(own))
  const shared = await held(code)
  t.ok((shared['Body'] ?? 0) > 1000, JSON.stringify(shared))
  t.ok((shared['Entry'] ?? 0) < 100 && (shared['Note'] ?? 0) < 100, 'what both lead to is of neither')
})

/** As a probe does: a session of the inspector is there while operations are performed. */
const watched = `const { Session } = require('inspector')
const session = new Session(); session.connect(); session.post('Runtime.enable')
class Failure { constructor(index) { this.index = index } }
const failures = []
const write = process.stdout.write; process.stdout.write = () => true
exports.operate = index => { const failure = new Failure(index); if (index % 3 === 0) console.log(failure) }`

t.test('what only the console of the inspector keeps is nobody’s', async t => {
  const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': watched }))
  const { diff, last } = await diffOf(folder)
  const kept = last.classes().find(({ name, type }) => type === 'object' && name === 'Failure')
  t.equal(kept?.count, 700, 'the inspector does keep them')
  const told = diff.clusters.map(({ path: way }) => way.map(({ name }) => String(name)).join(' '))
  t.notOk(
    told.some(way => way.includes('DevTools console')),
    told.join('\n'),
  )
  t.notOk(diff.clusters.some(({ example }) => last.classOf(example).name === 'Failure'))
  t.equal(kept && diff.heldBytes(kept), 0)
})

t.test('what the application keeps as well is found', async t => {
  const text = watched.replace('console.log(failure)', 'failures.push(failure), console.log(failure)')
  const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': text }))
  const { diff, last } = await diffOf(folder)
  const cluster = diff.clusters.find(({ example }) => last.classOf(example).name === 'Failure')
  t.equal(cluster && last.classOf(cluster.holder).name, 'Array')
  t.match(cluster, { isProportional: true })
})

t.test('two snapshots, and snapshots that do not belong together', async t => {
  const code = leaks['an object in a Map of a variable']?.code ?? ''
  const folder = realpathSync(t.testdir({ 'main.cjs': main, 'case.cjs': code, again: {} }))
  const [a, b] = await snapshotsOf(path.join(folder, 'main.cjs'), folder)
  const [other] = await snapshotsOf(path.join(folder, 'main.cjs'), path.join(folder, 'again'))
  if (!a || !b || !other) throw new Error('expected snapshots')
  const diff = diffHeapSnapshots(a, b, undefined, { operations: [600] })
  t.match(diff.containers[0], { kind: 'map', sizes: [600, 1200], perOperation: 1, isProportional: null })
  t.match(diff.clusters[0], { isProportional: null, perOperation: 1, count: 600 })
  t.equal(diffHeapSnapshots(a, b).clusters[0]?.perOperation, 600)
  for (const wrong of [[0], [-1], [NaN]] as const) {
    t.throws(() => diffHeapSnapshots(a, b, undefined, { operations: wrong }), RangeError)
  }
  t.throws(() => diffHeapSnapshots(a, b, other, { operations: [600] }), RangeError)
  const moved = { ...other, nodeWithId: (id: number) => (id < 3 ? 0 : other.nodeWithId(id + 2)) }
  t.throws(() => diffHeapSnapshots(moved, b), { code: 'ERR_SNAPSHOT_UNRELATED', message: /session/u })
})
