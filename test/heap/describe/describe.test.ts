import t, { type Test } from 'tap'
import { createHeapSnapshot } from '../../../lib/heap/read-heap-snapshot.js'
import { className, masked } from '../../../lib/heap/describe/class-name.js'
import { edgeInWords, pathInWords } from '../../../lib/heap/describe/path-in-words.js'
import type { HeapEdge, HeapSnapshot } from '../../../lib/heap/heap-snapshot.js'
import { maskKey } from '../../../lib/options/redact/mask-key.js'
import { madeColumns, type MadeEdge, type MadeNode } from '../../support/made-graph.js'
import { marked, snapshotsOf } from '../../support/snapshots-of.js'

/** `property spans: Map`, of each step. */
const told = (snapshot: HeapSnapshot, node: number, mask?: (name: string) => string): string[] => {
  const path = snapshot.pathTo(node)
  if (path === null) throw new Error(`nothing keeps ${String(node)} alive`)
  return pathInWords(snapshot, path, mask).map(({ by, name }) => (by === '' ? name : `${by}: ${name}`))
}

const made = (nodes: readonly MadeNode[], edges: readonly MadeEdge[]): HeapSnapshot =>
  createHeapSnapshot(madeColumns(nodes, edges))

t.test('names of classes', async t => {
  const object = { type: 'object', properties: [] }
  t.equal(className({ ...object, name: 'Span' }), 'Span')
  t.equal(className({ ...object, name: 'Object' }), 'Object')
  t.equal(className({ ...object, name: 'Object', properties: ['id', 'url'] }), 'Object {id, url}')
  t.equal(className({ ...object, name: 'Span', properties: ['id'] }), 'Span', 'the constructor tells enough')
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  t.equal(className({ ...object, name: 'Object', properties: many }), 'Object {a, b, c, d, e, f, ...}')
  t.equal(className({ name: 'start', type: 'closure', properties: [] }), 'start()')
  t.equal(className({ name: '', type: 'closure', properties: [] }), '(anonymous)()')
  t.equal(className({ name: '', type: 'native', properties: [] }), '(native)')
})

t.test('names that look like data are replaced, those of V8 are not', async t => {
  const nameOf = (name: string, type = 'object'): string =>
    masked({ name, type, properties: [] }, maskKey).name
  for (const name of [
    ...['(string)', '(anonymous)', 'system / Context', 'system / PropertyCell', 'Span', 'Object'],
    ...['Map Iterator', 'Array Iterator', 'RegExp String Iterator', 'Node / TCPSocketWrap', 'ClientRequest'],
  ]) {
    t.equal(nameOf(name), name)
  }
  t.equal(nameOf('global / '), 'global')
  t.equal(nameOf('Window / https://shop.example/?token=1'), 'Window', 'without its address')
  for (const name of ['elements of Array', 'table of Map', 'properties of Span', '(object elements)']) {
    t.equal(nameOf(name, 'array'), name)
  }
  for (const name of ['get status', 'bound write', 'bound bound write', 'async load', 'onRequest']) {
    t.equal(nameOf(name, 'closure'), name)
  }
  t.equal(nameOf('alice@example.com', 'closure'), '<17 chars>')
  t.equal(nameOf('bound alice@example.com', 'closure'), 'bound <17 chars>')
  t.equal(nameOf('elements of user4711', 'array'), 'elements of <8 chars>')
  t.equal(nameOf('(alice@example.com)'), '<19 chars>', 'in brackets it is no name of V8 yet')
  t.strictSame(
    masked({ name: 'Object', type: 'object', properties: ['id', 'alice@example.com'] }, maskKey).properties,
    ['id', '<17 chars>'],
  )
})

t.test('edges', async t => {
  const edge = (type: string, name: string | number): HeapEdge => ({ type, name, edge: 0, from: 0, to: 1 })
  for (const [type, name, words] of [
    ['property', 'spans', 'property spans'],
    ['property', 'alice@example.com', 'property <17 chars>'],
    ['context', 'cache', 'variable cache'],
    ['element', 12, 'element'],
    ['internal', 'table', 'entry'],
    ['internal', 'elements', 'element'],
    ['internal', '7', 'internal entry'],
    ['internal', 'bound_this', 'bound this'],
    [
      'internal',
      '2 / part of key (Object @17) -> value (Span @19) pair in WeakMap (table @21)',
      'value of a weak key',
    ],
    ['hidden', 3, 'entry'],
    ['shortcut', 'bound_argument_12', 'bound argument'],
    ['shortcut', 'native_bind', 'native_bind'],
  ] as const) {
    t.equal(edgeInWords(edge(type, name), maskKey), words)
  }
})

t.test('what V8 has in between is passed over', async t => {
  const snapshot = made(
    [
      {},
      { name: '(GC roots)', type: 'synthetic' },
      { name: '(Global handles)', type: 'synthetic' },
      { name: 'record', type: 'closure' },
      { name: 'system / Context' },
      { name: 'Map' },
      { name: '', type: 'array' },
      { name: 'Span' },
      { name: 'Array' },
      { name: '(object elements)', type: 'array' },
      { name: 'system / Context' },
      { name: 'alice@example.com', type: 'string' },
    ],
    [
      [0, 1, 'element', 1],
      [1, 2, 'element', 2],
      [2, 3, 'internal', '4'],
      [3, 4, 'internal', 'context'],
      [4, 5, 'context', 'spans'],
      [5, 6, 'internal', 'table'],
      [6, 7, 'internal', '3'],
      [7, 8, 'property', 'children'],
      [8, 9, 'internal', 'elements'],
      [9, 10, 'element', 0],
      [10, 11, 'context', 'user'],
    ],
  )
  t.strictSame(told(snapshot, 7), [
    '(Global handles)',
    'internal entry: record()',
    'variable spans: Map',
    'entry: Span',
  ])
  t.strictSame(told(snapshot, 11).slice(4), ['property children: Array', 'variable user: (string)'])
  t.strictSame(told(snapshot, 10).at(-1), 'element: system / Context', 'but told where the way ends')
  t.strictSame(told(snapshot, 0), [])
  t.strictSame(
    pathInWords(snapshot, snapshot.pathTo(7) ?? []).map(({ node }) => node),
    [2, 3, 5, 7],
  )
})

const script = `
const { EventEmitter } = require('node:events')
const { AsyncLocalStorage } = require('node:async_hooks')
const v8 = require('node:v8')
class Holder {}
const holder = globalThis.holder = new Holder()

holder.map = new Map([['key', { inMap: {} }]])
holder.keyMap = new Map([[{ asKey: {} }, 1]])
holder.set = new Set([{ inSet: {} }])
holder.list = [[{ inArray: {} }]]
const hidden = { inVariable: {} }
holder.read = function read() { return hidden }
holder.emitter = new EventEmitter()
const listen = heard => holder.emitter.on('event', function onEvent() { return heard })
listen({ inListener: {} })
holder.emitter.on('event', () => 0)
holder.bound = function run() {}.bind({ asThis: {} }, { asArgument: {} })
holder.weakly = new WeakMap([[holder.key = { name: 'key' }, { inWeakMap: {} }]])
holder.dictionary = { 'alice@example.com': { inDictionary: {} } }
for (let n = 0; n < 2000; n++) holder.dictionary['key' + n] = n
delete holder.dictionary.key7
const storage = new AsyncLocalStorage()
storage.run({ inStorage: {} }, () => setTimeout(() => 0, 1e6))
class Secret { constructor() { this.inClass = {} } }
Object.defineProperty(Secret, 'name', { value: 'alice@example.com' })
holder.instance = new Secret()
v8.writeHeapSnapshot('only.heapsnapshot')
process.exit()
`

t.test('a process', async t => {
  const folder = t.testdir({ 'script.cjs': script })
  const [snapshot] = await snapshotsOf('script.cjs', folder)
  if (snapshot === undefined) throw new Error('no snapshot')
  const wayTo = (t: Test, marker: string): string[] => {
    const all = told(snapshot, marked(snapshot, marker), maskKey)
    const from = all.findIndex(step => step.endsWith(': Holder'))
    if (from < 0) t.comment(all.join(' > '))
    return all.slice(from + 1)
  }
  for (const [marker, ...way] of [
    ['inMap', 'property map: Map', 'entry: Object {inMap}'],
    ['asKey', 'property keyMap: Map', 'entry: Object {asKey}'],
    ['inSet', 'property set: Set', 'entry: Object {inSet}'],
    ['inArray', 'property list: Array', 'element: Array', 'element: Object {inArray}'],
    ['inVariable', 'property read: read()', 'variable hidden: Object {inVariable}'],
    ['asThis', 'property bound: bound run()', 'bound this: Object {asThis}'],
    ['asArgument', 'property bound: bound run()', 'bound argument: Object {asArgument}'],
    ['inWeakMap', 'property key: Object {name}', 'value of a weak key: Object {inWeakMap}'],
    ['inDictionary', 'property dictionary: Object', 'property <17 chars>: Object {inDictionary}'],
  ] as const) {
    t.strictSame(wayTo(t, marker), way, marker)
  }
  t.match(
    wayTo(t, 'inListener').join(' > '),
    /^property emitter: EventEmitter > property _events: Object.* > element: onEvent\(\) > variable heard: Object {inListener}$/,
  )
  const stored = told(snapshot, marked(snapshot, 'inStorage'), maskKey).join(' > ')
  t.match(stored, /Timeout > .*Object \{inStorage\}$/, 'the timer has it')
  for (const marker of ['inMap', 'inStorage', 'inListener']) {
    t.notMatch(told(snapshot, marked(snapshot, marker)).join(), /undefined|system \/|\(object elements\)/)
  }
  const path = snapshot.pathTo(marked(snapshot, 'inListener')) ?? []
  const listener = pathInWords(snapshot, path).find(({ name }) => name === 'onEvent()')
  t.match(listener?.location, { line: 15, script: /script\.cjs$/ })
  t.notMatch(told(snapshot, marked(snapshot, 'inClass'), maskKey).join(), '@')
})
