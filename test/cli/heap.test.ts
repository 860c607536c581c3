import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../../lib/cli/main.js'
import { madeSnapshot } from '../support/made-graph.js'
import { miniSnapshot, textOf } from '../support/mini-snapshot.js'
import { flat } from '../report/support/sample-reports.js'
import { fakeContext } from './support/fake-context.js'

const heap = async (cwd: string, ...args: readonly string[]) => {
  const context = fakeContext(() => {
    throw new Error('heap runs no experiment')
  }, cwd)
  const status = await main(['heap', ...args], context)
  return { status, stdout: context.stdout.text, stderr: context.stderr.text }
}

const answer = async (t: Test, cwd: string, ...args: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await heap(cwd, ...args)
  t.equal(status, 0, args.join(' '))
  t.equal(stderr, '')
  return stdout
}

/** Keeps an object a request in a Map by a key that is data, and secrets in every place that has a name in a snapshot. */
const shop = `
const v8 = require('node:v8')
class Order {
  constructor(id) {
    this.id = id
    this.card = ['zqorder', 'SECRET', id].join('')
  }
}
const orders = new Map()
const sessions = {}
globalThis.constant = { text: 'zqconstSECRET', 'alice@example.com': {} }
const place = id => {
  orders.set(['zqkey', 'SECRET', id].join(''), new Order(id))
  sessions['4711-0815-' + id] = { user: 'zqSECRET' + id }
}
let id = 0
for (const file of ['first', 'second', 'third']) {
  for (let n = 0; n < 200; n++) place(id++)
  v8.writeHeapSnapshot(file + '.heapsnapshot')
}
globalThis.kept = { place, sessions }
`

const withSnapshots = (t: Test): string => {
  const folder = t.testdir({ 'shop.cjs': shop })
  // The test runner adds its hooks to what it sees started; what env starts is out of their reach.
  const { status, stderr } = spawnSync('/usr/bin/env', ['-i', process.execPath, 'shop.cjs'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return folder
}

const snapshots = ['first.heapsnapshot', 'second.heapsnapshot', 'third.heapsnapshot'] as const
const [first, , third] = snapshots

const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length))

t.test('snapshots of a process', async t => {
  const folder = withSnapshots(t)
  const printed: string[] = []
  const ask = async (...args: readonly string[]): Promise<string> => {
    const text = await answer(t, folder, ...args)
    printed.push(text)
    return text
  }

  const classes = await ask('classes', third, '--top', '5')
  const [title, , headings, ...rows] = classes.trimEnd().split('\n')
  t.match(title, /^[\d,]+ nodes, [\d,]+ edges, [\d.]+ MB$/)
  t.match(headings, /^count +self size +class +where$/)
  t.equal(rows.length, 5)
  t.ok(widest(classes) <= 80, 'readable in a terminal')
  const listed = JSON.parse(await ask('classes', third, '--top=3', '--json')) as Record<string, unknown>[]
  t.equal(listed.length, 3)
  t.match(listed[0], { name: String, type: String, count: Number, selfSizeBytes: Number })
  const order = (JSON.parse(await ask('classes', third, '--top=100000', '--json')) as typeof listed).find(
    ({ name }) => name === 'Order',
  )
  t.match(order, { count: 600, properties: ['id', 'card'], location: { line: 4 } })

  const diff = await ask('diff', ...snapshots, '--operations', '200')
  t.match(diff, /^[\d,]+ nodes were added and are kept, /)
  t.match(diff, /^1 +[\d.]+ (?:B|kB) +200 > 400 > 600 +Order +\S*shop\.cjs:4$/m)
  t.match(diff, 'Classes that grow throughout, per operation:')
  t.match(diff, /^ {2}\* variable orders: Map$/m, 'the container was there before')
  t.match(diff, /^ {4}entry: Order\s+\/\S*shop\.cjs:4 \(/m, 'what is in it was not')
  t.ok(widest(diff.split('What holds it')[0] ?? '') <= 80)
  const [top] = (await ask('diff', ...snapshots, '--operations=200,200', '--top=1')).match(
    /Classes that grow[\s\S]*?\n\n/,
  ) ?? ['']
  t.equal(top.trimEnd().split('\n').length, 3, 'one class, under a title and headings')
  t.match(await ask('diff', first, third), 'per interval')
  const data = JSON.parse(await ask('diff', ...snapshots, '--operations=200', '--json')) as {
    classes: { class: { name: string }; perOperation: number; counts: number[] }[]
    containers: { kind: string; path: { by: string; name: string }[] }[]
    clusters: { perOperation: number; oldSteps: number; path: { by: string; name: string }[] }[]
  }
  t.match(
    data.classes.find(one => one.class.name === 'Order'),
    { perOperation: 1, counts: [200, 400, 600] },
  )
  const [cluster] = data.clusters
  t.match(cluster, { perOperation: 1, isProportional: true })
  t.match(cluster?.path.at(cluster.oldSteps - 1), { by: 'variable orders', name: 'Map' })
  t.match(cluster?.path.at(-1), { by: 'entry', name: 'Order' })
  t.match(data.containers[0]?.path.at(-1), { by: 'variable orders', name: 'Map' })

  const path = await ask('path', third, 'Order')
  t.match(path, /^Order @\d+: [\d.]+ B, keeps [\d.]+ k?B alive\n/)
  t.match(path, /^ {4}variable orders: Map\n {4}entry: Order/m)
  const id = /@(\d+)/.exec(path)?.[1] ?? ''
  t.equal(await ask('path', third, `@${id}`), path, 'the same by its id')
  const way = JSON.parse(await ask('path', third, `@${id}`, '--json')) as { path: { name: string }[] }
  t.match(way, { id: Number(id), type: 'object', name: 'Order' })
  t.match(way.path.at(-1), { by: 'entry', name: 'Order', location: { line: 4 } })

  const strings = JSON.parse(await ask('classes', third, '--top=100000', '--json')) as typeof listed
  for (const { name } of strings.filter(({ type }) => type === 'string' || type === 'concatenated string')) {
    for (const format of [[], ['--json']]) {
      t.match(await ask('path', third, String(name), ...format), String(name))
    }
  }
  for (const text of printed) {
    t.notMatch(text, /SECRET|4711-0815|@example/, 'no contents, and no names that are data')
  }
  for (const text of printed) t.notMatch(text, /: (?:undefined|NaN)\b|\[object/)
})

t.test('what a string contains is never printed', async t => {
  const nodes = [
    { name: '' },
    { name: 'Store', id: 3 },
    { name: 'zqSECRET string', type: 'string', id: 5 },
    { name: 'zqSECRET pattern', type: 'regexp', id: 7 },
    { name: 'zqSECRET symbol', type: 'symbol', id: 9 },
    { name: '12345678901234567890', type: 'bigint', id: 11 },
  ] as const
  const raw = madeSnapshot(
    nodes.map(node => ({ ...node })),
    [
      [0, 1],
      [1, 2, 'property', 'password'],
      [1, 3, 'property', 'pattern'],
      [1, 4, 'property', 'symbol'],
      [1, 5, 'property', 'number'],
    ],
  )
  const types = [raw.snapshot.meta.node_types[0] ?? [], 'regexp', 'symbol', 'bigint'].flat()
  raw.snapshot.meta.node_types[0] = types
  nodes.forEach((node, index) => {
    if ('type' in node) raw.nodes[index * 6] = types.indexOf(node.type)
  })
  const folder = t.testdir({ 'app.heapsnapshot': JSON.stringify(raw) })
  for (const target of ['@5', '@7', '@9', '@11', '(string)', '(regexp)', '(symbol)', '(bigint)']) {
    for (const format of [[], ['--json']]) {
      const text = await answer(t, folder, 'path', 'app.heapsnapshot', target, ...format)
      t.notMatch(text, /SECRET|123456789/, `${target} ${format.join()}`)
      t.match(text, /\((?:string|regexp|symbol|bigint)\)/)
    }
  }
  const byContent = await heap(folder, 'path', 'app.heapsnapshot', 'zqSECRET string')
  t.equal(byContent.status, 64, 'contents are not searched')
})

t.test('wrong usage', async t => {
  const folder = t.testdir({ 'mini.heapsnapshot': textOf(miniSnapshot()) })
  const mini = 'mini.heapsnapshot'
  for (const [args, sentence] of [
    [[], /^isolate-leak: heap needs a command/],
    [['shapes', mini], /unknown command 'shapes'/],
    [['classes'], /missing required argument 'snapshot'/],
    [['classes', mini, mini], /too many arguments for 'classes'/],
    [['diff', mini], /missing required argument 'second'/],
    [['diff', mini, mini, mini, mini], /too many arguments for 'diff'/],
    [['path', mini], /missing required argument 'target'/],
    [['path', mini, '@999999'], /the snapshot has no object @999999/],
    [['path', mini, 'Nobody'], /the snapshot has no class called 'Nobody'/],
    [['classes', mini, '--top', '0'], /'0' is invalid\. Expected a whole number from 1\./],
    [['classes', mini, '--top', 'many'], /'many' is invalid\. Expected a whole number from 1\./],
    [['diff', mini, mini, '--operations', '1,2,3'], /'1,2,3' is invalid\. Expected one number, or two/],
    [['diff', mini, mini, '--operations', '1.5'], /'1\.5' is invalid\. Expected a whole number from 1\./],
    [['classes', mini, '--depth', '3'], /unknown option '--depth'/],
  ] as const) {
    const { status, stdout, stderr } = await heap(folder, ...args)
    t.equal(status, 64, args.join(' '))
    t.equal(stdout, '')
    t.match(flat(stderr), sentence)
    t.match(stderr, /Try 'isolate-leak.* --help'\./)
  }
})

t.test('files that cannot be read', async t => {
  const whole = textOf(miniSnapshot())
  const folder = t.testdir({ 'cut.heapsnapshot': whole.slice(0, whole.length / 2) })
  writeFileSync(join(folder, 'text.heapsnapshot'), 'hello')
  for (const [args, sentence] of [
    [['classes', 'missing.heapsnapshot'], /missing\.heapsnapshot.*\(ERR_SNAPSHOT_READ\)/],
    [['classes', 'cut.heapsnapshot'], /at byte \d+: .*\(ERR_SNAPSHOT_INVALID\)/],
    [['path', 'text.heapsnapshot', '@1'], /at byte 0: .*\(ERR_SNAPSHOT_INVALID\)/],
    [['diff', 'cut.heapsnapshot', 'cut.heapsnapshot'], /\(ERR_SNAPSHOT_INVALID\)/],
  ] as const) {
    const { status, stdout, stderr } = await heap(folder, ...args)
    t.equal(status, 3, args.join(' '))
    t.equal(stdout, '')
    t.match(flat(stderr), sentence)
  }
})
