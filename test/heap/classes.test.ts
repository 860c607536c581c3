import { readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { follow, marked, snapshotsOf } from '../support/snapshots-of.js'

const script = `
const G = globalThis.markedRoot = { markerOfTest: { is: 'here' } }
class Span { constructor(index) { this.index = index; this.name = 'secret-content-' + index } end() {} }
class Odd { constructor(index) { this.always = {}; if (index === 0) this.rare = {} } }
G.spans = Array.from({ length: 50 }, (_, index) => new Span(index))
G.odd = Array.from({ length: 20 }, (_, index) => new Odd(index))
G.plain = { a: 1, b: {}, c: 0.5 }
G.part = { a: 1, b: {} }
G.other = { a: 1, b: {}, d: 'x' }
G.wide = Object.fromEntries(Array.from({ length: 14 }, (_, index) => ['p' + index, {}]))
G.handlers = Array.from({ length: 30 }, (_, index) => () => [index, G])
G.anonymous = (() => () => 1)()
G.bound = function named() {}.bind(null)
G.map = new Map([[{}, {}]])
G.generator = (function* numbers() { yield 1 })()
G.inner = (() => { const kept = {}; return function useKept() { return kept } })()
G.text = ['secret', 'content'].join('-').repeat(3)
G.dictionaries = {
  grown: {}, deleted: { a: {}, b: {} }, bare: Object.create(null), byNumber: {}, ofNumbers: {},
  plain: { a: 1 }, empty: {}, frozen: Object.freeze({ a: 1 }), array: [1], instance: new Span(1),
}
for (let index = 0; index < 300; index++) {
  G.dictionaries.grown['key' + index] = {}
  G.dictionaries.byNumber[index] = {}
  G.dictionaries.ofNumbers['key' + index] = index
}
delete G.dictionaries.deleted.a
const fast = Object.fromEntries(Object.entries(G.dictionaries).map(([name, value]) => [name, %HasFastProperties(value)]))
require('fs').writeFileSync('fast.json', JSON.stringify(fast))
require('v8').writeHeapSnapshot('one.heapsnapshot')
`

t.test('classes', async t => {
  const folder = realpathSync(t.testdir({ 'app.cjs': script, again: {} }))
  const file = path.join(folder, 'app.cjs')
  const [snapshot] = await snapshotsOf(file, folder)
  const [again] = await snapshotsOf(file, path.join(folder, 'again'))
  t.ok(snapshot && again)
  if (!snapshot || !again) return
  const root = marked(snapshot, 'markerOfTest')
  const at = (...names: string[]): number => follow(snapshot, root, ...names)
  const elements = (node: number): number[] =>
    snapshot
      .references(node)
      .filter(({ type }) => type === 'element')
      .map(({ to }) => to)
  const classes = snapshot.classes()

  t.test('every node is of one class, and classes say how many and how large', async t => {
    let nodes = 0
    let bytes = 0
    const wrong: string[] = []
    for (const of of classes) {
      nodes += of.count
      bytes += of.selfSizeBytes
      const members = of.nodes()
      if (members.length !== of.count) wrong.push(of.name)
      if (snapshot.classOf(members[0] ?? -1) !== of) wrong.push(of.name)
    }
    t.strictSame(wrong, [])
    t.equal(nodes, snapshot.nodeCount)
    t.equal(bytes, snapshot.totalSizeBytes)
    t.equal(new Set(classes.map(({ key }) => key)).size, classes.length)
    t.ok(
      classes.every(
        (of, index) => index === 0 || of.selfSizeBytes <= (classes[index - 1]?.selfSizeBytes ?? 0),
      ),
    )
    t.throws(() => snapshot.classOf(snapshot.nodeCount), RangeError)
    t.throws(() => snapshot.classOf(-1), RangeError)
  })

  t.test('objects of a constructor, with the properties that most have, also numbers', async t => {
    const spans = snapshot.classOf(elements(at('spans'))[3] ?? 0)
    t.match(spans, { name: 'Span', type: 'object', count: 51, properties: ['index', 'name'] })
    t.match(spans.location, { script: file, line: 3 })
    const odd = elements(at('odd')).map(node => snapshot.classOf(node))
    t.equal(new Set(odd).size, 1)
    t.strictSame(odd[0]?.properties, ['always'])
  })

  t.test('plain objects by their properties', async t => {
    t.strictSame(snapshot.classOf(at('plain')).properties, ['a', 'b', 'c'])
    t.strictSame(
      snapshot.classOf(at('part')).properties,
      ['a', 'b'],
      'shares its description with a larger one',
    )
    t.strictSame(snapshot.classOf(at('other')).properties, ['a', 'b', 'd'])
    const wide = snapshot.classOf(at('wide'))
    t.match(wide, { name: 'Object', properties: [] })
    t.equal(snapshot.classOf(at('dictionaries', 'grown')), snapshot.classOf(at('dictionaries', 'bare')))
    t.not(wide, snapshot.classOf(at('dictionaries', 'grown')))
  })

  t.test('functions by name and place', async t => {
    const handlers = elements(at('handlers'))
    const handler = snapshot.classOf(handlers[0] ?? 0)
    t.match(handler, { name: '(anonymous)', type: 'closure', count: 30 })
    t.match(handler.location, { script: file, line: 11 })
    t.not(snapshot.classOf(at('anonymous')), handler)
    t.match(snapshot.classOf(at('bound')), { name: 'bound named', location: { line: 13 } })
    t.match(snapshot.classOf(follow(snapshot, handlers[0] ?? 0, 'context')), {
      name: 'system / Context',
      count: 30,
      location: { script: file, line: 11 },
    })
    t.match(snapshot.classOf(at('inner', 'context')), { properties: ['kept'], count: 1 })
  })

  t.test("parts of objects by whose they are; contents are in no class's name or key", async t => {
    t.equal(snapshot.classOf(at('map', 'table')).name, 'table of Map')
    t.equal(snapshot.classOf(at('spans', 'elements')).name, 'elements of Array')
    t.match(snapshot.classOf(at('text')).name, /^\((concatenated )?string\)$/u)
    t.strictSame(
      classes.filter(({ name, key }) => (name + key).includes('secret')),
      [],
    )
  })

  t.test('keys are the same in another process', async t => {
    const keys = new Set(again.classes().map(({ key }) => key))
    const missing = classes.filter(({ key }) => !keys.has(key))
    t.ok(missing.length <= classes.length / 100, `${missing.length} of ${classes.length} missing`)
    for (const name of ['Span', 'Odd', 'useKept', 'bound named']) {
      t.ok(keys.has(classes.find(of => of.name === name)?.key ?? ''), name)
    }
  })

  t.test('dictionaries, as V8 itself says', async t => {
    const fast = JSON.parse(readFileSync(path.join(folder, 'fast.json'), 'utf8')) as Record<string, boolean>
    t.match(fast, { grown: false, deleted: false, bare: false, plain: true, byNumber: true })
    for (const [name, isFast] of Object.entries(fast)) {
      t.equal(snapshot.isDictionary(at('dictionaries', name)), !isFast, name)
    }
    t.equal(snapshot.isDictionary(at('text')), false)
    t.throws(() => snapshot.isDictionary(-1), RangeError)
  })
})

t.test('locations', async t => {
  const app = `
const load = name => require(name)
globalThis.found = {
  markerOfPlaces: { is: 'here' },
  installed: load('scoped'), nested: load('nested'), bare: load('bare'), mapped: load('./build/mapped.cjs'),
  inline: load('./build/inline.cjs'), missing: load('./build/missing.cjs'), escaping: load('./build/escaping.cjs'),
  builtin: require('fs').readFile, native: Math.max, emitter: new (require('events'))(), plain: {},
  generator: (function* numbers() { yield 1 })(),
}
import('./module.mjs').then(module => {
  globalThis.found.module = module.inModule
  require('v8').writeHeapSnapshot('one.heapsnapshot')
})
`
  // Line 2, column 1 of the original, from line 1, column 1.
  const map = JSON.stringify({ version: 3, sources: ['../src/original.ts'], names: [], mappings: 'AACA' })
  const inlined = `data:application/json;base64,${Buffer.from(map).toString('base64')}`
  const code = 'module.exports = function () { return 1 }\n'
  const folder = realpathSync(
    t.testdir({
      'package.json': JSON.stringify({ name: 'the-application' }),
      'app.cjs': app,
      'module.mjs': 'export function inModule() {}\n',
      build: {
        'package.json': JSON.stringify({ type: 'commonjs' }),
        'mapped.cjs': `${code}//# sourceMappingURL=mapped.cjs.map\n`,
        'mapped.cjs.map': map,
        'inline.cjs': `${code}//# sourceMappingURL=${inlined}\n`,
        'missing.cjs': `${code}//# sourceMappingURL=nowhere.map\n`,
        'escaping.cjs': `${code}//# sourceMappingURL=../outside.map\n`,
      },
      'outside.map': map,
      node_modules: {
        scoped: {
          'package.json': JSON.stringify({ name: '@some/scoped', version: '1.2.3', main: 'dist/index.js' }),
          dist: {
            'package.json': JSON.stringify({ name: 'scoped-cjs', type: 'commonjs' }),
            'index.js': 'module.exports = class Thing {}\n',
          },
        },
        nested: {
          'package.json': '{"version":"1.0.0"}',
          'index.js': 'module.exports = function nested() {}\n',
        },
        bare: { 'index.js': 'module.exports = function bare() {}\n' },
      },
    }),
  )
  const [snapshot] = await snapshotsOf(path.join(folder, 'app.cjs'), folder)
  t.ok(snapshot)
  if (!snapshot) return
  const root = marked(snapshot, 'markerOfPlaces')
  const location = (...names: string[]): ReturnType<typeof snapshot.location> =>
    snapshot.location(follow(snapshot, root, ...names))
  const inFolder = (...names: string[]): string => path.join(folder, ...names)

  t.strictSame(location('installed'), {
    script: inFolder('node_modules/scoped/dist/index.js'),
    line: 1,
    column: 18,
    package: { name: '@some/scoped', version: '1.2.3' },
  })
  t.match(location('nested'), { script: inFolder('node_modules/nested/index.js'), package: null })
  t.match(
    location('bare'),
    { package: null },
    'what is installed without a package.json is not the application',
  )
  t.match(location('module'), {
    script: inFolder('module.mjs'),
    line: 1,
    package: { name: 'the-application', version: '' },
  })
  const original = { script: inFolder('src/original.ts'), line: 2, column: 1 }
  t.match(location('mapped'), { script: inFolder('build/mapped.cjs'), line: 1, original })
  t.match(location('mapped')?.package, { name: 'the-application' })
  t.match(location('inline'), { original })
  for (const name of ['missing', 'escaping']) {
    t.match(location(name), { line: 1 })
    t.equal(location(name)?.original, undefined, name)
  }
  t.match(location('builtin'), { script: 'node:fs', package: null })
  t.match(location('emitter'), { script: 'node:events' }, 'by its constructor')
  t.equal(location('native'), null)
  t.equal(location('plain'), null)
  t.match(location('generator'), { script: inFolder('app.cjs'), line: 8 })
  const thing = { script: inFolder('node_modules/scoped/dist/index.js'), line: 1, column: 18 }
  t.match(location('installed', 'shared'), thing)
  t.match(location('installed', 'context'), { script: thing.script })
  t.throws(() => snapshot.location(snapshot.nodeCount), RangeError)
})
