import t from 'tap'
import { counterpartOf, smallestSet } from '../../lib/evidence/gather-evidence.js'
import { explain, type Look } from '../../lib/evidence/explain.js'
import type { AccountedClass, AccountedCluster, HeapAccount } from '../../lib/heap/heap-account.js'
import { scriptText } from '../../lib/report/format/place-text.js'
import { evidenceLines } from '../../lib/report/text/evidence-lines.js'
import type { Culprit, EvidencePlace, TrialRecord } from '../../lib/types/index.js'

const culprit: Culprit = {
  kind: 'agent',
  agents: ['tracer'],
  metric: 'heap',
  growth: { estimate: 480, low: 470, high: 490, unit: 'bytes/operation' },
  backend: 'up',
  backends: ['up'],
  alsoGrows: [],
  reason: '',
}
const about = { name: 'tracer 1.2.3', node: '20.20.2', workload: 'GET /orders' }

const placeIn = (script: string, line = 12): EvidencePlace => ({
  ...{ script, line, column: 1 },
  package: script.includes('node_modules/tracer') ? { name: 'tracer', version: '1.2.3' } : null,
})
const tracerFile = '/srv/shop/node_modules/tracer/lib/spans.js'

const classOf = (more: Partial<AccountedClass>): AccountedClass => ({
  ...{ key: 'Span', name: 'Span', type: 'object', properties: ['id'], place: placeIn(tracerFile) },
  ...{ perOperation: 1, bytesPerOperation: 400, isProportional: true },
  heldBytesPerOperation: more.bytesPerOperation ?? 400,
  ...more,
})
const clusterOf = (more: Partial<AccountedCluster>): AccountedCluster => ({
  key: 'spans',
  steps: [
    { by: '', name: '(Global handles)', place: null },
    { by: 'variable spans', name: 'Map', place: null },
    { by: 'entry', name: 'Span', place: placeIn(tracerFile) },
  ],
  ...{ holder: 1, perOperation: 1, bytesPerOperation: 450, isProportional: true, place: placeIn(tracerFile) },
  ...more,
})
const lookAt = (heap: Partial<HeapAccount> | null, more: Partial<Look> = {}): Look => ({
  heap:
    heap === null
      ? null
      : {
          ...{ classes: [], clusters: [], containers: [], addedBytesPerOperation: 500 },
          ...{ scripts: ['/srv/shop/server.js', tracerFile] },
          ...heap,
        },
  ...{ allocations: [], resources: [], files: [], notes: [] },
  ...more,
})
const without = (more: Partial<HeapAccount> = {}): Look =>
  lookAt({ scripts: ['/srv/shop/server.js'], addedBytesPerOperation: 20, ...more })

t.test('a leak in a Map of the agent: class, container, package', async t => {
  const subject = lookAt({ classes: [classOf({})], clusters: [clusterOf({})] })
  const evidence = explain(culprit, subject, without(), ['/srv/shop/node_modules/tracer'], about)
  t.match(evidence.grows, [{ name: 'Span', perOperation: 1 }])
  t.equal(evidence.held?.path[evidence.held.holder]?.name, 'Map')
  t.equal(evidence.held?.share, 1)
  t.match(evidence.package, { name: 'tracer', version: '1.2.3' })
  t.equal(evidence.pointsAtCulprit, true)
  t.match(evidence.sentence, /^tracer 1\.2\.3 keeps 480 B of heap per operation on Node 20\.20\.2/)
  t.match(evidence.sentence, /lib\/spans\.js:12 of tracer 1\.2\.3/)
  const lines = new Map(evidenceLines({ ...culprit, evidence }))
  t.match(lines.get('grows'), /^Span: 1 more per operation/)
  t.match(lines.get('held by'), /variable spans: Map → entry: Span/)
  t.notOk(lines.has('but'))
})

t.test('what grows without the agent as well is not its', async t => {
  const others = {
    classes: [classOf({ key: 'Order', name: 'Order', bytesPerOperation: 395, place: null })],
    clusters: [clusterOf({ key: 'orders', bytesPerOperation: 440 })],
  }
  const subject = lookAt({
    classes: [
      classOf({ key: 'Order', name: 'Order', bytesPerOperation: 400, place: null }),
      classOf({ bytesPerOperation: 50 }),
    ],
    clusters: [clusterOf({ key: 'orders' }), clusterOf({ bytesPerOperation: 60 })],
  })
  const { grows, held } = explain(culprit, subject, without(others), [], about)
  t.strictSame(
    grows.map(({ name }) => name),
    ['Span'],
  )
  t.equal(held?.perOperation, 1)
  const alone = explain({ ...culprit, kind: 'application', agents: [] }, subject, null, [], about)
  t.strictSame(
    alone.grows.map(({ name }) => name),
    ['Order', 'Span'],
    'the application has no counterpart; most bytes first',
  )
  t.equal(alone.pointsAtCulprit, null)
})

t.test('what grows is told by its bytes and what only it holds, not by count', async t => {
  const stores = classOf({
    ...{ key: 'stores', name: 'system / JSArrayBufferData', type: 'native', place: null },
    ...{ perOperation: 0.1, bytesPerOperation: 856 },
  })
  const timing = classOf({ key: 'timing', name: 'Timing', perOperation: 12, bytesPerOperation: 3.7 })
  const order = (...classes: AccountedClass[]): string[] =>
    explain(culprit, lookAt({ classes }), without(), [], about).grows.map(({ name }) => name)
  t.strictSame(order(timing, stores), ['system / JSArrayBufferData', 'Timing'])
  const holding = { ...timing, heldBytesPerOperation: 860 }
  t.strictSame(order(stores, holding), ['Timing', 'system / JSArrayBufferData'], 'it holds them')
  const near = { ...timing, bytesPerOperation: 400, heldBytesPerOperation: 400 }
  t.strictSame(
    order(stores, near),
    ['Timing', 'system / JSArrayBufferData'],
    'of like size a name tells more',
  )

  const evidence = explain(culprit, lookAt({ classes: [stores, holding] }), without(), [], about)
  t.match(
    evidence.sentence,
    'what grows is Timing, 12 per operation, 3.7 B, 860 B with all that only it holds',
  )
  const lines = new Map(evidenceLines({ ...culprit, evidence }))
  t.match(
    lines.get('grows'),
    'Timing: 12 more per operation (3.7 B, 860 B with all that only it holds) and system',
  )
  t.match(lines.get('grows'), 'JSArrayBufferData: 0.1 more per operation (856 B)', 'it holds nothing')

  const anyway = without({ classes: [{ ...holding, bytesPerOperation: 1, heldBytesPerOperation: 600 }] })
  const [rest] = explain(culprit, lookAt({ classes: [holding] }), anyway, [], about).grows
  t.equal(rest?.heldBytesPerOperation, 260, 'less what it holds without the agent')
})

t.test('timers are told with where they were made', async t => {
  const timer = classOf({ name: 'Timeout (setInterval)', place: placeIn(tracerFile, 59) })
  const evidence = explain(culprit, lookAt({ classes: [timer] }), without(), [], about)
  const lines = new Map(evidenceLines({ ...culprit, evidence }))
  t.match(lines.get('grows'), /^Timeout \(setInterval\) made at \S*spans\.js:59: 1 more per operation/)
})

t.test('what V8 itself keeps is told with the flag to compare with', async t => {
  const by = (by: string, name: string): string[] => {
    const steps = [
      { by: '', name: '(Global handles)', place: null },
      { by: 'internal entry', name: 'read()', place: placeIn(tracerFile) },
      { by, name, place: null },
    ]
    return [...explain(culprit, lookAt({ clusters: [clusterOf({ steps })] }), without(), [], about).notes]
  }
  t.match(by("V8's type feedback", '(string)'), [/nodeArgs: \['--no-cache-property-key-string-adds'\]/])
  t.match(by("V8's type feedback", 'Object'), [/longer trials/])
  t.match(by("V8's source positions", '(code)'), [/nodeArgs: \['--no-enable-lazy-source-positions'\]/])
  t.strictSame(by('variable last', '(string)'), [], 'a variable is the code’s own')
})

t.test('what a context holds is told with the Node that it was seen on', async t => {
  const notesOf = (by: string, name: string): readonly string[] => {
    const steps = [
      { by: '', name: '(Global handles)', place: null },
      { by: 'variable pending', name: 'Map', place: null },
      { by, name, place: null },
    ]
    return explain(culprit, lookAt({ clusters: [clusterOf({ steps })] }), without(), [], about).notes
  }
  t.match(notesOf('property <symbol kResourceStore>', 'Object'), [
    /context \(AsyncLocalStorage\), on Node 20\.20\.2/,
  ])
  t.match(notesOf('property <symbol async_context_frame>', 'AsyncContextFrame'), [/on Node 20\.20\.2/])
  t.strictSame(notesOf('property store', 'Object'), [])
})

t.test('a step that happened once, and noise, are no growth', async t => {
  const subject = lookAt({
    classes: [classOf({ isProportional: false }), classOf({ key: 'n', bytesPerOperation: 0.5 })],
    clusters: [clusterOf({ isProportional: false })],
  })
  const evidence = explain(culprit, subject, without(), [], about)
  t.strictSame(evidence.grows, [])
  t.equal(evidence.held, null)
  t.equal(evidence.pointsAtCulprit, null)
})

t.test('a path that ends elsewhere is told, and the comparison is trusted', async t => {
  const elsewhere = clusterOf({
    key: 'agent',
    place: placeIn('/srv/shop/server.js'),
    steps: [
      { by: '', name: '(Global handles)', place: null },
      { by: 'property globalAgent', name: 'Agent', place: placeIn('node:_http_agent') },
      { by: 'element', name: 'ClientRequest', place: placeIn('node:_http_client') },
    ],
  })
  const subject = lookAt({ clusters: [elsewhere] })
  const evidence = explain(culprit, subject, without(), [], about)
  t.equal(evidence.pointsAtCulprit, false)
  const lines = new Map(evidenceLines({ ...culprit, evidence }))
  t.match(lines.get('but'), /held through Agent, but only with tracer attached/)
})

t.test('a script that only runs with the agent is the agent’s, wherever it lies', async t => {
  const hoisted = '/srv/shop/node_modules/tracer-core/index.js'
  const subject = lookAt({
    classes: [classOf({ place: placeIn(hoisted) })],
    clusters: [clusterOf({ place: placeIn('/srv/shop/server.js') })],
    scripts: ['/srv/shop/server.js', hoisted],
  })
  t.equal(explain(culprit, subject, without(), [], about).pointsAtCulprit, true)
  const both = without({ scripts: ['/srv/shop/server.js', hoisted] })
  t.equal(explain(culprit, subject, both, [], about).pointsAtCulprit, false)
})

t.test('a container whose entries take nothing of the heap', async t => {
  const array = clusterOf({ key: 'bodies', bytesPerOperation: 0, perOperation: 0.004 })
  const subject = lookAt({ containers: [array] })
  t.equal(explain(culprit, subject, without(), [], about).held?.perOperation, 0.004)
  const both = explain(culprit, subject, without({ containers: [array] }), [], about)
  t.equal(both.held, null, 'and its twin')
})

t.test('what is outside the heap', async t => {
  const socket = { kind: 'socket', what: '127.0.0.1:8126' } as const
  const subject = lookAt(null, {
    resources: [
      { ...socket, perOperation: 1 },
      { kind: 'descriptor', what: '/var/log/a.log', perOperation: 0.01 },
      { kind: 'thread', what: 'pool.js', perOperation: 0.5 },
    ],
    notes: ['Its heap is above the limit.'],
  })
  const counterpart = lookAt(null, { resources: [{ ...socket, perOperation: 0.2 }] })
  const evidence = explain(culprit, subject, counterpart, [], about)
  t.match(evidence.resources, [{ kind: 'socket', perOperation: 0.8 }, { kind: 'thread' }])
  t.equal(evidence.resources.length, 2, 'little is left out')
  t.match(evidence.sentence, /what piles up is the socket 127\.0\.0\.1:8126/)
  const lines = new Map(evidenceLines({ ...culprit, evidence }))
  t.match(lines.get('piles up'), /^socket 127\.0\.0\.1:8126 \(0\.8 per operation\) and thread pool\.js/)
  t.equal(lines.get('note'), 'Its heap is above the limit.')
})

t.test('sets to launch', async t => {
  const trial = (...agents: string[]): TrialRecord =>
    ({ agents, backend: 'up', purpose: 'measure' }) as unknown as TrialRecord
  const trials = [trial(), trial('tracer', 'core', 'log'), trial('tracer', 'core')]
  const known = [
    { name: 'tracer', requires: ['core'] },
    { name: 'core', requires: [] },
    { name: 'log', requires: ['tracer'] },
  ]
  t.strictSame(smallestSet(culprit, trials), ['tracer', 'core'])
  t.strictSame(smallestSet({ ...culprit, backend: 'slow' }, trials), ['tracer'])
  t.strictSame(counterpartOf(['tracer', 'core', 'log'], culprit, known), ['core'])
  t.equal(counterpartOf([], { agents: [] }, known), null)
})

t.test('scripts by their package', async t => {
  t.equal(scriptText('/a/node_modules/b/node_modules/@c/d/lib/e.js', '@c/d'), 'lib/e.js')
  t.equal(scriptText('/a/node_modules/b/c/d/e.js', null), '.../c/d/e.js')
  t.equal(scriptText('node:events', null), 'node:events')
})
