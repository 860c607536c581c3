import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { createHeapGraph, type HeapGraph } from '../../../lib/heap/graph/create-heap-graph.js'
import { columnsOf } from '../../support/columns-of.js'
import { chainColumns, madeColumns, type MadeEdge } from '../../support/made-graph.js'
import fc from '../../support/seeded-fast-check.js'

const pathNames = (graph: HeapGraph, node: number): (string | number)[] | null =>
  graph.pathTo(node)?.map(({ name }) => name) ?? null

t.test('nodes and edges', async t => {
  const graph = createHeapGraph(
    madeColumns(
      [
        { size: 0 },
        { name: 'Span', size: 24, id: 9, detachedness: 2 },
        { name: 'x'.repeat(2000), type: 'string', size: 2 ** 31, id: 7, detachedness: 1 },
        { name: 'run', type: 'closure', size: 2 ** 31, id: 4_000_000_001 },
      ],
      [
        [0, 1, 'element', 5],
        [1, 2, 'property', 'text'],
        [1, 3, 'context', 'run'],
        [3, 2, 'hidden', 0],
        [3, 3, 'weak', 'self'],
      ],
    ),
  )
  t.equal(graph.nodeCount, 4)
  t.equal(graph.edgeCount, 5)
  t.equal(graph.totalSizeBytes, 2 ** 32 + 24)
  t.strictSame(graph.node(1), {
    node: 1,
    id: 9,
    type: 'object',
    name: 'Span',
    selfSizeBytes: 24,
    isDetached: true,
  })
  t.equal(graph.node(2).isDetached, false)
  t.equal(graph.node(2).name.length, 1024)
  t.equal(graph.node(3).isDetached, null)
  t.strictSame(
    [9, 7, 4_000_000_001, 8, 0, -1, 1.5, 2 ** 33].map(id => graph.nodeWithId(id)),
    [1, 2, 3, -1, -1, -1, -1, -1],
  )
  t.strictSame(graph.references(1), [
    { edge: 1, type: 'property', name: 'text', from: 1, to: 2 },
    { edge: 2, type: 'context', name: 'run', from: 1, to: 3 },
  ])
  t.strictSame(graph.references(2), [])
  t.strictSame(graph.retainers(2), [
    { edge: 1, type: 'property', name: 'text', from: 1, to: 2 },
    { edge: 3, type: 'hidden', name: 0, from: 3, to: 2 },
  ])
  t.strictSame(
    graph.retainers(3).map(({ type, from }) => [type, from]),
    [
      ['context', 1],
      ['weak', 3],
    ],
  )
  t.strictSame(graph.retainers(0), [])
  for (const wrong of [-1, 4, 1.5, NaN]) {
    for (const call of [graph.node, graph.references, graph.retainers, graph.pathTo]) {
      t.throws(() => call(wrong), new RangeError(`expected a node from 0 to 3, got ${wrong}`))
    }
  }
})

t.test('the first of several nodes with one id is found', async t => {
  const ids = Array.from({ length: 300 }, (_, node) => ({ id: node % 100 }))
  const graph = createHeapGraph(madeColumns(ids, []))
  t.strictSame(
    ids.slice(0, 100).map(({ id }) => graph.nodeWithId(id)),
    Array.from({ length: 100 }, (_, node) => node),
  )
})

t.test('paths', async t => {
  t.test('are the shortest, and empty to the root', async t => {
    const graph = createHeapGraph(
      madeColumns(6, [
        [0, 1],
        [1, 2],
        [2, 3],
        [1, 4],
        [4, 3, 'weak'],
        [0, 5, 'weak'],
        [3, 0],
      ]),
    )
    t.strictSame(graph.pathTo(0), [])
    t.strictSame(
      graph.pathTo(3)?.map(({ from }) => from),
      [0, 1, 2],
    )
    t.equal(graph.pathTo(5), null, 'a weak edge keeps nothing alive')
  })

  t.test('begin at what outlives the call that took the snapshot', async t => {
    const graph = createHeapGraph(
      madeColumns(
        [
          {},
          { name: '(GC roots)', type: 'synthetic' },
          { name: '(Stack roots)', type: 'synthetic' },
          { name: '(Global handles)', type: 'synthetic' },
          { name: 'process' },
          { name: 'Map' },
          { name: 'local' },
          { name: 'C++ native stack roots', type: 'synthetic' },
          { name: 'Console' },
        ],
        [
          [0, 1, 'element', 1],
          [0, 7, 'element', 2],
          [1, 2, 'element', 1],
          [1, 3, 'element', 2],
          [2, 5, 'internal', 'stack'],
          [2, 6, 'internal', 'stack'],
          [3, 8, 'internal', '1 / DevTools console'],
          [3, 4, 'internal', '2'],
          [4, 5, 'property', 'cache'],
          [4, 8, 'property', 'console'],
          [7, 5, 'internal', 'native stack'],
        ],
      ),
    )
    t.strictSame(pathNames(graph, 5), [1, 2, '2', 'cache'])
    t.strictSame(pathNames(graph, 8), [1, 2, '2', 'console'])
    t.strictSame(pathNames(graph, 6), [1, 1, 'stack'], 'the stack where nothing else is there')
  })

  t.test('lead over classes only where nothing else does', async t => {
    const graph = createHeapGraph(
      madeColumns(
        [
          { name: 'root', type: 'synthetic' },
          { name: 'Server' },
          { name: 'system / Map', type: 'object shape' },
          { name: 'Server.prototype' },
          { name: 'cache' },
          { name: 'module' },
          { name: 'system / Cell', type: 'object shape' },
          { name: 'system / Map', type: 'hidden' },
          { name: 'exported' },
        ],
        [
          [0, 1, 'property', 'server'],
          [0, 5, 'property', 'module'],
          [1, 2, 'internal', 'map'],
          [1, 3, 'property', '__proto__'],
          [1, 7, 'internal', 'map'],
          [2, 3, 'internal', 'prototype'],
          [3, 4, 'property', 'cache'],
          [7, 8, 'internal', 'constructor'],
          [5, 6, 'internal', 'cell'],
          [6, 8, 'internal', 'value'],
          [8, 4, 'property', 'cache'],
        ],
      ),
    )
    t.strictSame(pathNames(graph, 4), ['module', 'cell', 'value', 'cache'])
    t.strictSame(pathNames(graph, 3), ['server', '__proto__'])
  })

  t.test('hold the value of a WeakMap by its key', async t => {
    const pair = '2 / part of key (Request @9) -> value (Span @11) pair in WeakMap (table @7)'
    const made = (edges: readonly MadeEdge[]) =>
      createHeapGraph(
        madeColumns(
          [
            {},
            { name: 'WeakMap' },
            { name: 'keys' },
            { name: 'table', type: 'array' },
            { name: 'Request' },
            { name: 'Span' },
          ],
          [
            [0, 1, 'property', 'map'],
            [1, 3, 'internal', 'table'],
            [3, 0, 'internal', 'map'],
            [3, 5, 'internal', pair],
            [3, 4, 'weak', '1'],
            ...edges,
          ],
        ),
      )
    const keyed = made([
      [0, 2, 'property', 'keys'],
      [2, 4, 'element', 0],
      [4, 5, 'internal', pair],
    ])
    t.strictSame(pathNames(keyed, 5), ['keys', 0, pair])
    t.strictSame(pathNames(made([]), 5), ['map', 'table', pair], 'by the table where no key is there')
  })
})

t.test('dominators and retained sizes', async t => {
  const graph = createHeapGraph(
    madeColumns(
      Array.from({ length: 9 }, (_, node) => ({ size: 10 ** node })),
      [
        [0, 1],
        [1, 2],
        [1, 3],
        [2, 4],
        [3, 4],
        [4, 5],
        [5, 1],
        [4, 6, 'weak'],
        [4, 7, 'shortcut'],
        [8, 5],
      ],
    ),
  )
  // 6 and 7 have weak edges and shortcuts only, 8 nothing at all: as if the root referred to them.
  t.strictSame([...graph.dominators()], [0, 0, 1, 1, 1, 4, 0, 0, 0])
  t.strictSame([...graph.retainedSizes()], [111111111, 111110, 100, 1000, 110000, 100000, 1e6, 1e7, 1e8])
  t.equal(graph.dominators(), graph.dominators(), 'computed once')

  const wide = createHeapGraph({
    ...madeColumns(3, [
      [0, 1],
      [1, 2],
    ]),
    selfSizes: new Float64Array([1, 2 ** 40, 2 ** 41]),
  })
  t.strictSame([...wide.retainedSizes()], [1 + 2 ** 40 + 2 ** 41, 2 ** 40 + 2 ** 41, 2 ** 41])
  t.equal(wide.totalSizeBytes, 1 + 2 ** 40 + 2 ** 41)
})

/** Nodes that `edges` lead to from `start`, without going through `without`. */
function reachable(edges: readonly MadeEdge[], start: readonly number[], without = -1): Set<number> {
  const found = new Set(start.filter(node => node !== without))
  for (const node of found) {
    for (const [from, to] of edges) if (from === node && to !== without) found.add(to)
  }
  return found
}

/** Edges that count for dominators, by their definition, and those that stand for a root of what nothing refers to. */
function countingEdges(count: number, edges: readonly MadeEdge[]): MadeEdge[] {
  const strong = edges.filter(([, , type]) => type !== 'weak')
  const owned = reachable(
    strong,
    edges.filter(([from, , type]) => from === 0 && type !== 'shortcut').map(([, to]) => to),
  )
  const counting = strong.filter(
    ([from, to, type]) => from === 0 || (type !== 'shortcut' && (owned.has(from) || !owned.has(to))),
  )
  const reached = reachable(counting, [0])
  for (let node = 0; node < count; node++) {
    const isReferredTo = edges.some(([, to, type]) => to === node && type !== 'weak' && type !== 'shortcut')
    if (!reached.has(node) && !isReferredTo) counting.push([0, node])
  }
  return counting
}

t.test('dominators are what every way leads through', async t => {
  const graphs = fc.integer({ min: 1, max: 14 }).chain(count => {
    const node = fc.integer({ min: 0, max: count - 1 })
    const type = fc.constantFrom('property', 'property', 'internal', 'element', 'weak', 'shortcut')
    return fc.tuple(fc.constant(count), fc.array(fc.tuple(node, node, type), { maxLength: 40 }))
  })
  let compared = 0
  fc.assert(
    fc.property(graphs, ([count, edges]) => {
      const counting = countingEdges(count, edges)
      const nodes = [...reachable(counting, [0])]
      if (nodes.length < count) return
      compared++
      const graph = createHeapGraph(madeColumns(count, edges))
      const dominated = Array.from({ length: count }, (_, node) => {
        const left = reachable(counting, [0], node)
        return nodes.filter(other => !left.has(other))
      })
      const dominators = nodes.map(node => {
        // Of all that dominate a node, the nearest dominates least.
        const all = nodes.filter(other => other !== node && dominated[other]!.includes(node))
        return all.sort((a, b) => dominated[a]!.length - dominated[b]!.length)[0] ?? 0
      })
      const sizes = nodes.map(node =>
        dominated[node]!.reduce((sum, other) => sum + graph.node(other).selfSizeBytes, 0),
      )
      const found = graph.dominators()
      const retained = graph.retainedSizes()
      assert.deepEqual(
        nodes.map(node => found[node]),
        dominators,
      )
      assert.deepEqual(
        nodes.map(node => retained[node]),
        sizes,
      )
    }),
    { numRuns: 3000 },
  )
  t.ok(compared > 500, `${String(compared)} graphs`)
})

t.test('paths and retainers of any graph', async () => {
  const graphs = fc.integer({ min: 1, max: 12 }).chain(count => {
    const node = fc.integer({ min: 0, max: count - 1 })
    const type = fc.constantFrom('property', 'hidden', 'weak')
    const edge = fc.tuple(node, node, type, fc.integer({ min: 0, max: 9 }))
    return fc.tuple(fc.constant(count), fc.array(edge, { maxLength: 40 }))
  })
  fc.assert(
    fc.property(graphs, ([count, edges]) => {
      const graph = createHeapGraph(
        madeColumns(
          count,
          edges.map(([from, to, type, name]) => [from, to, type, type === 'hidden' ? name : String(name)]),
        ),
      )
      const distances = new Map([[0, 0]])
      for (const [node, distance] of distances) {
        for (const [from, to, type] of edges) {
          if (from === node && type !== 'weak' && !distances.has(to)) distances.set(to, distance + 1)
        }
      }
      for (let node = 0; node < count; node++) {
        const path = graph.pathTo(node)
        assert.equal(path?.length, distances.get(node))
        path?.forEach(({ from, to, edge }, step) => {
          assert.equal(from, step === 0 ? 0 : path[step - 1]!.to)
          assert.equal(to, step === path.length - 1 ? node : path[step + 1]!.from)
          assert.ok(graph.references(from).some(reference => reference.edge === edge && reference.to === to))
        })
        const all = Array.from({ length: count }, (_, from) => graph.references(from)).flat()
        assert.deepEqual(
          graph.retainers(node),
          all.filter(({ to }) => to === node),
        )
      }
    }),
    { numRuns: 1000 },
  )
})

t.test('a chain of a million nodes', async t => {
  const length = 1_000_000
  const graph = createHeapGraph(
    chainColumns(length, [
      [length - 1, 1],
      [length / 2, 0],
    ]),
  )
  t.equal(graph.pathTo(length - 1)?.length, length - 1)
  t.ok(graph.dominators().every((dominator, node) => dominator === Math.max(0, node - 1)))
  t.ok(graph.retainedSizes().every((size, node) => size === length - node))
  t.equal(graph.nodeWithId(length * 2 - 1), length - 1)
  t.equal(graph.retainers(1).length, 2)

  const joined = createHeapGraph(
    chainColumns(
      length,
      Array.from({ length: length - 2 }, (_, node) => [node, length - 1]),
    ),
  )
  t.equal(joined.dominators()[length - 1], 0, 'every node of the chain leads to the last')
  t.equal(joined.pathTo(length - 1)?.length, 1)
})

t.test('a snapshot of Node', async t => {
  const folder = t.testdir({
    'write.cjs': `
      class Span { constructor(next) { this.next = next } }
      class Request {}
      const spans = new WeakMap()
      const requests = [new Request()]
      spans.set(requests[0], new Span(null))
      globalThis.chain = new Span(new Span(new Span(null)))
      globalThis.kept = { requests, spans }
      const dropped = new WeakRef(new Request())
      require('node:v8').writeHeapSnapshot('a.heapsnapshot')
    `,
  })
  execFileSync('/usr/bin/env', ['-i', process.execPath, 'write.cjs'], { cwd: folder })
  const columns = columnsOf(join(folder, 'a.heapsnapshot'))
  const graph = createHeapGraph(columns)
  const all = Array.from({ length: graph.nodeCount }, (_, node) => graph.node(node))
  const steps = (name: string) =>
    all
      .filter(node => node.type === 'object' && node.name === name)
      .map(({ node }) =>
        graph
          .pathTo(node)
          ?.filter(({ type }) => type !== 'shortcut' && type !== 'internal')
          .map(edge => edge.name),
      )
  t.strictSame(
    new Set(steps('Span').map(path => path?.join(' '))),
    new Set(['chain', 'chain next', 'chain next next', 'kept requests 0']),
  )
  t.ok(steps('Request').some(path => path?.join(' ') === 'kept requests 0'))

  const dominators = graph.dominators()
  const sizes = graph.retainedSizes()
  const sums = new Float64Array(columns.selfSizes)
  // Sums over the tree by another way: each node's size to all that dominate it.
  for (let node = 1; node < graph.nodeCount; node++) {
    let at = node
    do {
      at = dominators[at]!
      sums[at]! += columns.selfSizes[node]!
    } while (at !== 0)
  }
  t.strictSame(sums, sizes)
  t.equal(sizes[0], graph.totalSizeBytes)
})
