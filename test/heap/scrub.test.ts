import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scrubSnapshot } from '../../lib/heap/scrub/scrub-snapshot.js'
import { createHeapSnapshot } from '../../lib/heap/read-heap-snapshot.js'
import { readColumns } from '../../lib/heap/parse/read-columns.js'
import type { RawSnapshot } from '../support/columns-of.js'
import { firstDifference } from '../support/same-columns.js'

/** Each secret is put together at run time, so that it is in no script, except the one that is a constant. */
const application = `
  const secret = name => ['zq', name, 'SECRET', 'value'].join('')
  class Order { constructor() { this.customerName = secret('field'); this.total = 1 } }
  globalThis.kept = {
    map: new Map([[secret('mapkey'), secret('mapvalue')]]), weak: new WeakMap(), dictionary: {},
    headers: { 'content-type': secret('header') }, keys: { [secret('key') + '@example.com']: 1 },
    pattern: new RegExp(secret('regexp')), symbol: Symbol(secret('symbol')), environment: { ...process.env },
    joined: secret('left') + secret('right').repeat(20), big: 987654321987654321n, orders: [new Order(), new Order()],
    sliced: (secret('sliced').repeat(9)).slice(3, 90), error: new Error(secret('error')),
    functions: { handlerOfOrders: () => 'zqconstSECRETvalue' },
  }
  kept.weakKey = { ofWeak: true }
  kept.weak.set(kept.weakKey, Object.assign(() => 1, { note: secret('weak') }))
  Object.defineProperty(kept, 'named', { value: { [secret('method') + ' x']() {} } })
  for (let index = 0; index < 1500; index++) kept.dictionary[secret('entry') + index] = index
  for (const name of ['alicia', 'robertus']) kept.dictionary[name] = name
  require('node:v8').writeHeapSnapshot(process.argv[2])`

const folder = t.testdir({ 'application.cjs': application })
const original = join(folder, 'original.heapsnapshot')
execFileSync(process.execPath, [join(folder, 'application.cjs'), original], {
  env: { ZQ_ENV: 'zqenvSECRETvalue' },
})
const key = Buffer.from('key of this run')
const scrubbed = join(folder, 'scrubbed.heapsnapshot')
const readRaw = (file: string): RawSnapshot => JSON.parse(readFileSync(file, 'utf8')) as RawSnapshot

await scrubSnapshot(original, scrubbed, key)
const [before, after] = [await readColumns(original), await readColumns(scrubbed)]

t.test('nothing of what was in the heap is in the file', async t => {
  const [was, is] = [readFileSync(original, 'latin1'), readFileSync(scrubbed, 'latin1')]
  for (const secret of ['SECRET', 'zqenv', 'example.com', 'alicia', 'robertus', '987654321987654321']) {
    t.ok(was.includes(secret), `${secret} was there`)
    t.notOk(is.includes(secret), `${secret} is gone`)
  }
  t.equal(statSync(scrubbed).mode & 0o777, 0o600)
})

t.test('names of programs stay', async t => {
  const { strings } = readRaw(scrubbed)
  const known = new Set(strings)
  for (const name of [
    'Order',
    'customerName',
    'content-type',
    'handlerOfOrders',
    'kept',
    'dictionary',
    'ofWeak',
  ]) {
    t.ok(known.has(name), name)
  }
  t.ok(known.has(join(folder, 'application.cjs')), 'paths of scripts')
  t.ok(
    known.has('node:internal/fs/utils') || strings.some(name => name.startsWith('node:')),
    'names of scripts',
  )
  t.ok(
    strings.some(name =>
      /^\d+ \/ part of key \(@\d+\) -> value \(@\d+\) pair in WeakMap \(table @\d+\)$/.test(name),
    ),
  )
  t.notOk(strings.some(name => /part of key \([^@]/.test(name)))
})

t.test('what replaces a content tells its length, and which are equal', async t => {
  const [a, b] = [before, after]
  const replaced = new Map<string, Set<string>>()
  for (let node = 0; node < a.nodeCount; node++) {
    if (a.nodeTypeNames[a.nodeTypes[node]!] !== 'string') continue
    const [was, is] = [a.strings.get(a.nodeNames[node]!), b.strings.get(b.nodeNames[node]!)]
    if (was === is) continue
    if (!new RegExp(`^<${String(was.length)} chars, [0-9a-f]{8}>$`).test(is)) t.fail(`${was} became ${is}`)
    replaced.set(was, (replaced.get(was) ?? new Set()).add(is))
  }
  t.ok(replaced.size > 100)
  t.ok([...replaced.values()].every(names => names.size === 1))
  t.ok(new Set([...replaced.values()].flatMap(names => [...names])).size > replaced.size - 3)
})

t.test('another key gives other hashes', async t => {
  const other = join(folder, 'other.heapsnapshot')
  await scrubSnapshot(original, other, Buffer.from('another'))
  const hashes = (file: string): Set<string> =>
    new Set(readRaw(file).strings.filter(name => /^<\d+ chars, \w+>$/.test(name)))
  const [one, two] = [hashes(scrubbed), hashes(other)]
  t.ok(one.size > 100)
  t.equal(one.size, two.size)
  t.ok([...one].filter(hash => two.has(hash)).length < 3)
})

t.test('the graph, sizes, ids and places stay', async t => {
  const [a, b] = [before, after]
  // Names are what differs.
  const { strings, nodeNames, edgeNames } = a
  t.equal(firstDifference({ ...b, strings, nodeNames, edgeNames }, a), null)
  t.not(firstDifference(b, a), null)
  const order = (columns: typeof a) =>
    createHeapSnapshot(columns)
      .classes()
      .find(({ name, type }) => name === 'Order' && type === 'object')
  t.match(order(b), { location: order(a)!.location, selfSizeBytes: order(a)!.selfSizeBytes })
  t.equal(order(b)?.count, 2)
  t.strictSame(order(b)?.properties, ['customerName', 'total'])
})

t.test('a file that is there already is left alone, and a link is not followed', async t => {
  const victim = join(folder, 'victim')
  writeFileSync(victim, 'mine')
  symlinkSync(victim, join(folder, 'link'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  for (const target of ['victim', 'link', 'dangling']) {
    await t.rejects(scrubSnapshot(original, join(folder, target), key), { code: 'EEXIST' })
  }
  t.equal(readFileSync(victim, 'utf8'), 'mine')
  t.notOk(existsSync(join(folder, 'nowhere')))
})

t.test('what is no snapshot leaves nothing', async t => {
  const broken = join(folder, 'broken.heapsnapshot')
  writeFileSync(broken, readFileSync(original).subarray(0, 100_000))
  const target = join(folder, 'of-broken.heapsnapshot')
  await t.rejects(scrubSnapshot(broken, target, key), { code: 'ERR_SNAPSHOT_INVALID' })
  t.notOk(existsSync(target))
  await t.rejects(scrubSnapshot(join(folder, 'missing'), target, key), { code: 'ERR_SNAPSHOT_READ' })
})
