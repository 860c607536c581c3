import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { heapAccount, placeOf, type HeapAccount, accountOfFiles } from '../../../lib/heap/heap-account.js'
import { createHeapSnapshot } from '../../../lib/heap/read-heap-snapshot.js'
import type { AddedCluster, HeapDiff } from '../../../lib/heap/heap-diff.js'
import type { HeapSnapshot } from '../../../lib/heap/heap-snapshot.js'
import { maskKey } from '../../../lib/options/redact/mask-key.js'
import { madeColumns, type MadeEdge, type MadeNode } from '../../support/made-graph.js'
import { miniSnapshot, textOf } from '../../support/mini-snapshot.js'

const nothing: HeapDiff = {
  ...{ added: { count: 0, sizeBytes: 0 }, classes: [], containers: [], clusters: [] },
  heldBytes: () => 0,
}

const clusterOf = (
  snapshot: HeapSnapshot,
  holder: number,
  example: number,
  more: Partial<AddedCluster> = {},
): AddedCluster => {
  const path = snapshot.pathTo(example) ?? []
  return {
    ...{ holder, path, example, location: null, isProportional: true },
    oldSteps: path.findIndex(({ to }) => to === holder) + 1,
    ...{ count: 100, sizeBytes: 8000, leakShareBytes: 8000, perOperation: 1 },
    ...more,
  }
}

/** Each node leads to the next by a property. */
const chain = (names: readonly string[]): HeapSnapshot =>
  createHeapSnapshot(
    madeColumns(
      [{}, ...names.map((name): MadeNode => ({ name }))],
      names.map((_, index): MadeEdge => [index, index + 1, 'property', 'next']),
    ),
  )

t.test('a long chain is told by what is around the holder', async t => {
  const old = Array.from({ length: 40 }, (_, index) => `Old${String.fromCharCode(97 + (index % 26))}`)
  const snapshot = chain([...old, 'Holder', ...Array.from({ length: 30 }, () => 'Link')])
  const diff = { ...nothing, clusters: [clusterOf(snapshot, 41, 71)] }
  const [cluster] = heapAccount(diff, snapshot, 100, maskKey).clusters
  t.equal(cluster?.steps.length, 12 + 1 + 6)
  t.equal(cluster?.steps[cluster.holder]?.name, 'Holder')
  t.equal(cluster?.steps[cluster.holder + 1]?.name, 'Link')
  t.equal(cluster?.bytesPerOperation, 80)
  const near = heapAccount({ ...nothing, clusters: [clusterOf(snapshot, 2, 3)] }, snapshot, 100, maskKey)
  t.match(near.clusters, [
    { holder: 1, steps: [{ by: '' }, { by: 'property next' }, { by: 'property next' }] },
  ])
})

t.test('what is held in the same way by many objects is one', async t => {
  const connections = 8
  const nodes: MadeNode[] = [{}, { name: '(Global handles)', type: 'synthetic' }]
  const edges: MadeEdge[] = [[0, 1, 'element', 1]]
  for (let n = 0; n < connections; n++) {
    const at = nodes.push({ name: 'Socket' }, { name: 'Array' }, { name: 'Span' }) - 3
    edges.push(
      [1, at, 'internal', String(n)],
      [at, at + 1, 'property', 'spans'],
      [at + 1, at + 2, 'element', 0],
    )
  }
  const pool = nodes.push({ name: 'Pool' }, { name: 'Span' }) - 2
  edges.push([1, pool, 'internal', '99'], [pool, pool + 1, 'property', 'spans'])
  const snapshot = createHeapSnapshot(madeColumns(nodes, edges))
  const clusters = Array.from({ length: connections }, (_, n) =>
    clusterOf(snapshot, 3 + 3 * n, 4 + 3 * n, { perOperation: 1 / connections, leakShareBytes: 100 }),
  )
  const other = clusterOf(snapshot, pool, pool + 1, { leakShareBytes: 50 })
  const once = clusterOf(snapshot, 3, 4, { isProportional: false, perOperation: 7 })
  const account = heapAccount({ ...nothing, clusters: [...clusters, other, once] }, snapshot, 10, maskKey)
  t.strictSame(
    account.clusters.map(({ steps, perOperation, bytesPerOperation, isProportional }) => ({
      way: steps.map(({ by, name }) => `${by}: ${name}`).slice(1),
      ...{ perOperation, bytesPerOperation, isProportional },
    })),
    [
      {
        way: ['internal entry: Socket', 'property spans: Array', 'element: Span'],
        ...{ perOperation: 1, bytesPerOperation: 80, isProportional: true },
      },
      {
        way: ['internal entry: Pool', 'property spans: Span'],
        ...{ perOperation: 1, bytesPerOperation: 5, isProportional: true },
      },
      {
        way: ['internal entry: Socket', 'property spans: Array', 'element: Span'],
        ...{ perOperation: 7, bytesPerOperation: 800, isProportional: false },
      },
    ],
  )
})

t.test('names that look like data are masked everywhere', async t => {
  const names = ['(Global handles)', 'user4711', 'Map', 'alice@example.com']
  const snapshot = createHeapSnapshot(
    madeColumns(
      [{}, { name: names[0]!, type: 'synthetic' }, ...names.slice(1).map((name): MadeNode => ({ name }))],
      [
        [0, 1, 'element', 1],
        [1, 2, 'internal', '4'],
        [2, 3, 'property', 'bob@example.com'],
        [3, 4, 'context', 'carol@example.com'],
      ],
    ),
  )
  const [grown] = snapshot.classes().filter(({ name }) => name.startsWith('alice'))
  if (grown === undefined) throw new Error('no class')
  const account = heapAccount(
    {
      ...nothing,
      classes: [
        {
          class: { ...grown, properties: ['dave@example.com', 'id'] },
          ...{ counts: [1, 2, 3], sizesBytes: [1, 2, 3], perOperation: 1, bytesPerOperation: 1 },
          isProportional: null,
        },
      ],
      containers: [
        {
          ...{ node: 3, id: 7, kind: 'map', sizes: [1, 2, 3], isEstimate: false, perOperation: 1 },
          ...{ isProportional: true, leakShareBytes: 10 },
        },
      ],
      clusters: [clusterOf(snapshot, 3, 4)],
    },
    snapshot,
    100,
    maskKey,
  )
  const { classes, clusters, containers } = account
  t.match(classes, [{ name: '<17 chars>', properties: ['<16 chars>', 'id'], isProportional: true }])
  t.strictSame(
    clusters[0]?.steps.map(({ by, name }) => `${by} ${name}`.trim()),
    [
      '(Global handles)',
      'internal entry <8 chars>',
      'property <15 chars> Map',
      'variable <17 chars> <17 chars>',
    ],
  )
  t.equal(clusters[0]?.holder, 2)
  t.strictSame(
    containers[0]?.steps.map(({ name }) => name),
    ['(Global handles)', '<8 chars>', 'Map'],
  )
  t.equal(containers[0]?.holder, 2)
  // Of keys only hashes could be shown; they compare trials and are not shown.
  const shown = JSON.stringify({ clusters, containers, classes: classes.map(one => ({ ...one, key: '' })) })
  t.notMatch(shown, /@example|4711/)
})

t.test('places', async t => {
  const place = { script: '/srv/dist/a.js', line: 1, column: 2, package: { name: 'a', version: '1.0.0' } }
  t.equal(placeOf(null), null)
  t.strictSame(placeOf(place), place)
  t.strictSame(placeOf({ ...place, original: { script: '/srv/src/a.ts', line: 30, column: 4 } }), {
    ...{ script: '/srv/src/a.ts', line: 30, column: 4, loaded: '/srv/dist/a.js', package: place.package },
  })
})

const leak = `
const v8 = require('node:v8')
class Span { constructor(id) { this.id = id } }
const spans = new Map()
const ring = []
exports.record = id => {
  spans.set(['key', id].join(), new Span(id))
  ring[id % 100] = { entry: id }
}
let id = 0
for (const name of ['1', '2', '3']) {
  for (let n = 0; n < 300; n++) exports.record(id++)
  v8.writeHeapSnapshot(name + '.heapsnapshot')
}
process.exit()
`

/** Three snapshots of a program, with `count` operations before each. */
const accountOf = async (folder: string, operation: string, count = 100): Promise<HeapAccount> => {
  const script = join(folder, 'program.cjs')
  writeFileSync(
    script,
    `const v8 = require('node:v8')
const operate = ${operation}
for (const name of ['1', '2', '3']) {
  for (let n = 0; n < ${String(count)}; n++) operate(n)
  v8.writeHeapSnapshot(name + '.heapsnapshot')
}
process.exit()`,
  )
  const { status, stderr } = spawnSync(
    '/usr/bin/env',
    ['-i', process.env['HEAP_TEST_NODE'] ?? process.execPath, script],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
  const [one, two, three] = [1, 2, 3].map(n => ({
    path: join(folder, `${String(n)}.heapsnapshot`),
    operations: count * n,
  }))
  if (!one || !two || !three) throw new Error('expected three files')
  return accountOfFiles([one, two, three], maskKey, new AbortController().signal)
}
const wayOf = ({ clusters }: HeapAccount): string[] =>
  (clusters.find(({ isProportional }) => isProportional)?.steps ?? []).map(({ by, name }) =>
    by === '' ? name : `${by}: ${name}`,
  )

t.test("Node's own lists are named, and what is in them is told by its callback", async t => {
  const intervals = await accountOf(t.testdir({}), `n => { setInterval(() => n, 1e6).unref() }`)
  const grown = intervals.classes.find(({ name }) => name.startsWith('Timeout'))
  t.match(grown, {
    name: 'Timeout (setInterval)',
    perOperation: 1,
    place: { script: /program\.cjs$/, line: 2 },
  })
  t.ok((grown?.heldBytesPerOperation ?? 0) > (grown?.bytesPerOperation ?? 0), 'with its callback')
  t.strictSame(wayOf(intervals), ["Node's list of timers", 'timer: Timeout'])
  t.equal(intervals.clusters.find(({ isProportional }) => isProportional)?.holder, 0)

  const hooks = await accountOf(
    t.testdir({}),
    `n => { require('node:async_hooks').createHook({ init() { return n } }).enable() }`,
  )
  t.match(wayOf(hooks), ["Node's list of async hooks", 'property array: Array', 'element: AsyncHook'])

  const sockets = await accountOf(
    t.testdir({}),
    `n => { require('node:dgram').createSocket('udp4', () => n).bind(0) }`,
  )
  const roots = sockets.clusters.map(({ steps }) => steps[0]?.name ?? '')
  t.ok(
    roots.some(name => name.startsWith("Node's handles")),
    roots.join(),
  )
})

t.test('timers that end are no growth, and lists of the application are none of Node’s', async t => {
  const cleared = await accountOf(t.testdir({}), 'n => { clearInterval(setInterval(() => n, 1e6)) }')
  t.strictSame(wayOf(cleared), [])
  t.notOk(cleared.classes.some(({ name, isProportional }) => isProportional && name.startsWith('Timeout')))

  const own = `(() => {
  class TimersList {}
  const timerListMap = new Map()
  const list = timerListMap.first = new TimersList()
  return n => { list._idleNext = { n, _idleNext: list._idleNext }; return timerListMap }
})()`
  const way = wayOf(await accountOf(t.testdir({}), own))
  t.notMatch(way.join(), "Node's")
  t.match(way.join(), 'TimersList')
})

t.test("V8's type feedback is named, and what functions hold by their variables is not it", async t => {
  const snapshot = createHeapSnapshot(
    madeColumns(
      [
        {},
        { name: '(Global handles)', type: 'synthetic' },
        { name: 'read', type: 'closure' },
        { name: 'system / FeedbackCell', type: 'code' },
        { name: 'system / FeedbackVector', type: 'code' },
        { name: '', type: 'array' },
        { name: 'user:1', type: 'string' },
        { name: 'system / Context' },
        { name: 'user:2', type: 'string' },
      ],
      [
        [0, 1, 'element', 1],
        [1, 2, 'internal', '4'],
        [2, 3, 'internal', 'feedback_cell'],
        [3, 4, 'internal', 'value'],
        [4, 5, 'hidden', 3],
        [5, 6, 'internal', '20798'],
        [2, 7, 'internal', 'context'],
        [7, 8, 'context', 'last'],
      ],
    ),
  )
  const clusters = [clusterOf(snapshot, 5, 6), clusterOf(snapshot, 7, 8)]
  const { clusters: told } = heapAccount({ ...nothing, clusters }, snapshot, 100, maskKey)
  t.strictSame(
    told.map(({ steps }) => steps.slice(1).map(({ by, name }) => `${by}: ${name}`)),
    [
      ['internal entry: read()', "V8's type feedback: (string)"],
      ['internal entry: read()', 'variable last: (string)'],
    ],
  )

  const reads = `globalThis.read = ((o, i) => () => o['user:' + String(i++)])({ user: 1 }, 0)`
  const way = wayOf(await accountOf(t.testdir({}), reads, 3000))
  const { stdout } = spawnSync(
    '/usr/bin/env',
    ['-i', process.env['HEAP_TEST_NODE'] ?? process.execPath, '--version'],
    {
      encoding: 'utf8',
    },
  )
  const major = /^v(\d+)/.exec(stdout)?.[1]
  if (Number(major) < 26) t.strictSame(way, [], 'Node before 26 keeps none of them')
  else t.match(way.join(), "V8's type feedback: (string)")
})

t.test('three files of a process: a leak, and a ring beside it that is none', async t => {
  const folder = t.testdir({
    node_modules: { tracer: { 'package.json': '{"name":"tracer","version":"1.2.3"}', 'index.js': leak } },
    'damaged.heapsnapshot': textOf(miniSnapshot()).slice(0, 900),
  })
  const { status, stderr } = spawnSync(
    '/usr/bin/env',
    ['-i', process.execPath, '--eval', 'setImmediate(() => require("tracer"))'],
    { cwd: folder, encoding: 'utf8' },
  )
  t.equal(status, 0, stderr)
  const file = (name: string, operations: number) => ({
    path: join(folder, `${name}.heapsnapshot`),
    operations,
  })
  const files = [file('1', 300), file('2', 600), file('3', 900)] as const
  const account = await accountOfFiles(files, maskKey, new AbortController().signal)
  const span = account.classes.find(({ name }) => name === 'Span')
  const script = join(folder, 'node_modules/tracer/index.js')
  t.match(span, {
    ...{ type: 'object', properties: ['id'], perOperation: 1, isProportional: true },
    place: { script, line: 3, package: { name: 'tracer', version: '1.2.3' } },
  })
  const [cluster] = account.clusters
  t.match(cluster, { perOperation: 1, isProportional: true, place: { script } })
  t.match(cluster?.steps.slice(cluster.holder), [
    { by: 'variable spans', name: 'Map' },
    { by: 'entry', name: 'Span' },
  ])
  const container = account.containers.find(({ isProportional }) => isProportional)
  t.match(container?.steps.at(-1), { by: 'variable spans', name: 'Map' })
  t.notOk(
    account.classes.find(({ name, isProportional }) => isProportional && name === 'Object {entry}'),
    'the ring does not grow',
  )
  t.ok(account.scripts.includes(script))
  t.ok(account.addedBytesPerOperation > 40 && account.addedBytesPerOperation < 400)
  t.notMatch(JSON.stringify(account), 'key,', 'no key of the Map')

  const damaged = [files[0], file('damaged', 600), files[2]] as const
  await t.rejects(accountOfFiles(damaged, maskKey, new AbortController().signal), {
    code: 'ERR_SNAPSHOT_INVALID',
  })
  await t.rejects(accountOfFiles(files, maskKey, AbortSignal.abort()), { code: 'ERR_ABORTED' })
})
