import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test as TapTest } from 'tap'
import type { Certificate } from '../../lib/collector/certificate.js'
import { makeCertificate } from '../../lib/collector/certificate.js'
import { openCollector } from '../../lib/collector/collector.js'
import type { Collector } from '../../lib/collector/collector.js'
import type { ReceivedItems } from '../../lib/types/index.js'
import { framed, grpcCall } from '../support/grpc-client.js'
import { msgpackOf } from '../support/msgpack-of.js'
import { fixed32, fixed64, protobufOf } from '../support/protobuf-of.js'
import type { ProtobufField } from '../support/protobuf-of.js'

let certificate: Certificate

t.before(async () => {
  certificate = await makeCertificate()
})

const none = { entries: 0, spans: 0, errors: 0, metrics: 0, logs: 0 }

/** A test with a collector of its own. */
const withCollector = (name: string, run: (t: TapTest, to: Client) => Promise<void>): void => {
  t.test(name, async t => {
    const collector = await openCollector({ backend: 'up', certificate })
    t.teardown(() => collector.close())
    await run(t, new Client(collector))
  })
}

class Client {
  readonly collector: Collector
  #before: ReceivedItems = none

  constructor(collector: Collector) {
    this.collector = collector
  }

  /** Sends a request and gives its answer as `[status, body]`. */
  async send(
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    method = 'POST',
  ): Promise<[number, unknown]> {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)
    const response = await fetch(`http://127.0.0.1:${this.collector.port}${path}`, {
      method: body === undefined && method === 'POST' ? 'GET' : method,
      headers,
      ...(body === undefined ? {} : { body: bytes }),
    })
    const text = await response.text()
    return [response.status, /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text]
  }

  /** Items since the last time. */
  items(): ReceivedItems {
    const now = this.collector.received().items
    const before = this.#before
    this.#before = now
    return {
      entries: now.entries - before.entries,
      spans: now.spans - before.spans,
      errors: now.errors - before.errors,
      metrics: now.metrics - before.metrics,
      logs: now.logs - before.logs,
    }
  }
}

const jsonType = { 'content-type': 'application/json' }
const protobufType = { 'content-type': 'application/x-protobuf' }

const otlpTraces = protobufOf([
  1,
  protobufOf(
    [1, protobufOf([1, 'resource'])],
    ...[0, 1].map((): ProtobufField => [
      2,
      protobufOf(
        [1, protobufOf([1, 'scope'])],
        [
          2,
          Buffer.concat([
            protobufOf([1, 'trace'], [6, 2]),
            fixed64(7),
            fixed64(8),
            protobufOf([15, protobufOf([3, 2])]),
          ]),
        ],
        [2, Buffer.concat([protobufOf([5, 'consumed'], [6, 5]), fixed32(16)])],
        [2, protobufOf([5, 'client'], [6, 3], [15, protobufOf([2, 'fine'], [3, 1])])],
        [2, protobufOf([5, 'internal'])],
      ),
    ]),
  ),
])

const points = (field: number, count: number): ProtobufField => [
  2,
  protobufOf(
    [1, 'name'],
    [field, protobufOf(...Array.from({ length: count }, (): ProtobufField => [1, 'point']))],
  ),
]
const otlpMetrics = protobufOf([
  1,
  protobufOf([2, protobufOf(points(5, 2), points(7, 3), points(9, 1), points(11, 1))]),
])
const otlpLogs = protobufOf([1, protobufOf([2, protobufOf([2, 'one'], [2, 'two'], [2, 'three'])])])

const spans = { entries: 4, spans: 8, errors: 2, metrics: 0, logs: 0 }
const otlpJsonTraces = (scopes: string) => ({
  resourceSpans: [
    {
      resource: {},
      [scopes]: [0, 1].map(() => ({
        spans: [
          { kind: 2, status: { code: 2 } },
          { kind: 'SPAN_KIND_CONSUMER' },
          { kind: 3, status: { code: 1 } },
          { name: 'internal' },
        ],
      })),
    },
  ],
})

withCollector('OTLP over http', async (t, to) => {
  t.same(await to.send('/v1/traces', otlpTraces, protobufType), [200, ''])
  t.same(to.items(), spans, 'protobuf')
  t.same(await to.send('/v1/traces', gzipSync(otlpTraces), { ...protobufType, 'content-encoding': 'gzip' }), [
    200,
    '',
  ])
  t.same(to.items(), spans, 'compressed')
  for (const scopes of ['scopeSpans', 'instrumentationLibrarySpans']) {
    t.same(await to.send('/v1/traces', otlpJsonTraces(scopes), jsonType), [200, {}])
    t.same(to.items(), spans, scopes)
  }
  await to.send('/v1/metrics', otlpMetrics, protobufType)
  t.same(to.items(), { ...none, metrics: 7 })
  const metrics = [
    { name: 'a', gauge: { dataPoints: [{}, {}] } },
    { name: 'b', metadata: [{}], sum: { dataPoints: [{}] } },
  ]
  await to.send('/v1/metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }, jsonType)
  t.same(to.items(), { ...none, metrics: 3 })
  await to.send('/v1/logs', otlpLogs, protobufType)
  await to.send('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] }, jsonType)
  t.same(to.items(), { ...none, logs: 5 })
  await to.send('/v1/traces', '', protobufType)
  t.same(to.items(), none, 'an empty message')
  t.match(to.collector.received(), { requests: 9, protocols: ['otlp'], unreadable: 0 })
})

withCollector('OTLP over gRPC', async (t, to) => {
  const service = (name: string, signal: string): string =>
    `/opentelemetry.proto.collector.${signal}.v1.${name}/Export`
  const traces = framed(otlpTraces)
  const answer = await grpcCall(to.collector.port, service('TraceService', 'trace'), [
    traces.subarray(0, 3),
    traces.subarray(3, 40),
    traces.subarray(40),
  ])
  t.match(answer, { httpStatus: 200, grpcStatus: '0', body: Buffer.alloc(5) })
  t.same(to.items(), spans)
  await grpcCall(
    to.collector.port,
    service('MetricsService', 'metrics'),
    [framed(gzipSync(otlpMetrics), true)],
    {
      'grpc-encoding': 'gzip',
    },
  )
  await grpcCall(to.collector.port, service('LogsService', 'logs'), [framed(otlpLogs)])
  t.same(to.items(), { ...none, metrics: 7, logs: 3 })
  t.match(to.collector.received(), { requests: 3, protocols: ['otlp'], unreadable: 0 })
})

const ddSpan = (more: object): object => ({
  trace_id: 0xffff_ffff_ffff_ffffn,
  service: 's'.repeat(40),
  name: 'express.request',
  start: 1_700_000_000_000_000_000n,
  duration: -1,
  error: 0,
  metrics: { rate: 0.5, on: true, off: false, nothing: null },
  meta: { component: 'express' },
  meta_struct: { stack: Buffer.from('bytes') },
  span_events: [{ name: 'event', attributes: { a: [1, 2] } }],
  ...more,
})
const ddSpans = [
  ddSpan({ type: 'web', meta: { component: 'http', 'span.kind': 'server' }, error: 1 }),
  ddSpan({ meta: { 'span.kind': 'consumer' } }),
  ddSpan({ type: 'web', meta: { 'span.kind': 'client' } }),
  ddSpan({ type: 'web' }),
  ddSpan({ parent_id: 300 }),
]
const ddItems = { entries: 3, spans: 5, errors: 1, metrics: 0, logs: 0 }

withCollector('Datadog', async (t, to) => {
  for (const version of ['v0.3', 'v0.4']) {
    const body = msgpackOf([ddSpans.slice(0, 2), ddSpans.slice(2)])
    t.same(await to.send(`/${version}/traces`, body, {}, 'PUT'), [200, { rate_by_service: {} }])
    t.same(to.items(), ddItems, version)
  }
  const table = ['', 'span.kind', 'server', 'web', 'client', 'component']
  const placed = (error: number, meta: [number, number][], type: number) => [
    0,
    0,
    0,
    1n,
    2n,
    0n,
    3n,
    4n,
    error,
    new Map(meta),
    new Map([[5, 0.5]]),
    type,
  ]
  const rows = [
    placed(
      1,
      [
        [5, 0],
        [1, 2],
      ],
      3,
    ),
    placed(0, [[1, 4]], 3),
    placed(0, [], 3),
    placed(0, [], 0),
  ]
  await to.send('/v0.5/traces', msgpackOf([table, [rows.slice(0, 1), rows.slice(1)]]))
  t.same(to.items(), { ...ddItems, entries: 2, spans: 4 }, 'v0.5')
  await to.send(
    '/v0.7/traces',
    msgpackOf({ language_name: 'nodejs', chunks: [{ priority: 1, spans: ddSpans }] }),
  )
  t.same(to.items(), ddItems, 'v0.7')
  await to.send('/dogstatsd/v2/proxy', 'a.b:1|c|#tag:1\na.c:2.5|g\n_e{2,3}:ab|abc\n_sc|check|0\n')
  t.same(to.items(), { ...none, metrics: 2 })
  t.same(await to.send('/info'), [404, {}])
  t.same(await to.send('/v0.7/config', { client: {} }), [200, {}])
  t.same(await to.send('/telemetry/proxy/api/v2/apmtelemetry', { api_version: 'v2' }), [200, {}])
  t.same(await to.send('/evp_proxy/v2/api/v2/logs', '[]'), [200, {}])
  t.same(to.items(), none)
  t.match(to.collector.received(), { requests: 9, protocols: ['datadog'], unreadable: 0 })
})

withCollector('Elastic', async (t, to) => {
  const agent = { 'user-agent': 'apm-agent-nodejs/4.18.0 (orders)' }
  t.same(await to.send('/', undefined, agent), [200, { version: '8.12.0' }])
  t.same(await to.send('/config/v1/agents', {}, agent), [304, ''])
  const lines = [
    { metadata: {} },
    { transaction: { type: 'request' } },
    { transaction: { type: 'messaging' } },
    { transaction: { type: 'custom' } },
    ...[1, 2, 3].map(() => ({ span: { name: 'SELECT' } })),
    { error: {} },
    { metricset: { samples: { 'a.b': { value: 1 }, c: { value: 2 } } } },
  ]
  const body = `${lines.map(line => JSON.stringify(line)).join('\n')}\n`
  t.same(await to.send('/intake/v2/events', gzipSync(body), { ...agent, 'content-encoding': 'gzip' }), [
    202,
    '',
  ])
  t.same(to.items(), { entries: 2, spans: 6, errors: 1, metrics: 2, logs: 0 })
  t.match(to.collector.received(), { requests: 3, protocols: ['elastic'], unreadable: 0 })
})

withCollector('New Relic', async (t, to) => {
  const call = (method: string, body: unknown, headers = {}) =>
    to.send(
      `/agent_listener/invoke_raw_method?marshal_format=json&protocol_version=17&method=${method}`,
      body,
      headers,
    )
  const [, preconnected] = await call('preconnect', [{}])
  t.match(preconnected, { return_value: { redirect_host: `localhost:${to.collector.port}` } })
  const [, connected] = await call('connect', [{}])
  t.match(connected, {
    return_value: { agent_run_id: 'run', event_harvest_config: { report_period_ms: 5_000 } },
  })
  t.same(await call('agent_settings', [{}]), [200, { return_value: [] }])
  t.same(to.items(), none)
  await call(
    'analytic_event_data',
    deflateSync(JSON.stringify(['run', { events_seen: 40 }, [[{}, {}, {}]]])),
    {
      'content-encoding': 'deflate',
    },
  )
  t.same(to.items(), { ...none, entries: 40, spans: 40 })
  await call('span_event_data', [
    'run',
    { events_seen: 3 },
    [
      [{ 'nr.entryPoint': true }, {}, {}],
      [{}, {}, {}],
      [{}, {}, {}],
    ],
  ])
  await call('error_event_data', ['run', { events_seen: 2 }, []])
  await call('error_data', ['run', [[], []]])
  await call('metric_data', [
    'run',
    1,
    2,
    [
      [{ name: 'a' }, []],
      [{ name: 'b' }, []],
    ],
  ])
  await call('log_event_data', [{ common: {}, logs: [{}, {}, {}] }])
  t.same(to.items(), { entries: 0, spans: 2, errors: 2, metrics: 2, logs: 3 })
  t.match(to.collector.received(), { requests: 9, protocols: ['newrelic'], unreadable: 0 })
})

withCollector('Sentry', async (t, to) => {
  const envelope = (...parts: unknown[]): string => parts.map(part => JSON.stringify(part)).join('\n')
  const transaction = (op: string) => ({ type: 'transaction', contexts: { trace: { op } }, spans: [{}, {}] })
  const withLength = JSON.stringify({ items: [{}] })
  const body = [
    envelope({ sent_at: '' }, { type: 'transaction' }, transaction('http.server')),
    envelope({ type: 'transaction' }, transaction('http.client')),
    envelope({ type: 'event' }, { exception: { values: [] } }, { type: 'event' }, { message: 'text' }),
    envelope({ type: 'sessions' }, { aggregates: [] }, { type: 'attachment', length: 3 }),
    'a\nb',
    envelope({ type: 'log', item_count: 1, length: withLength.length }),
    withLength,
    envelope({ type: 'trace_metric' }, { items: [{}, {}] }, { type: 'metric_buckets' }, [{}]),
    envelope({ type: 'statsd', length: 7 }),
    'a:1|c\nb',
  ].join('\n')
  t.same(await to.send('/api/1/envelope/', gzipSync(body), { 'content-encoding': 'gzip' }), [200, {}])
  t.same(to.items(), { entries: 1, spans: 6, errors: 1, metrics: 5, logs: 2 })
  const span = (root: boolean, op: string) => ({
    is_segment: root,
    attributes: { 'sentry.op': { value: op } },
  })
  const items = [span(true, 'http.server'), span(false, 'middleware'), span(true, 'http.client')]
  await to.send(
    '/api/1/envelope/?sentry_key=k',
    envelope({}, { type: 'span', item_count: 3 }, { version: 2, items }),
  )
  t.same(to.items(), { ...none, entries: 1, spans: 3 })
  await to.send('/api/42/store/', { event_id: '1', exception: {} })
  await to.send('/api/42/store/', transaction('http.server'))
  t.same(to.items(), { ...none, entries: 1, spans: 3, errors: 1 })
  t.match(to.collector.received(), { requests: 4, protocols: ['sentry'], unreadable: 0 })
})

withCollector('Application Insights', async (t, to) => {
  const telemetry = [
    { data: { baseType: 'RequestData', baseData: {} } },
    { data: { baseType: 'RemoteDependencyData', baseData: {} } },
    { data: { baseType: 'ExceptionData', baseData: {} } },
    { data: { baseType: 'MetricData', baseData: { metrics: [{}, {}] } } },
    { data: { baseType: 'MessageData', baseData: {} } },
  ]
  const items = { entries: 1, spans: 2, errors: 1, metrics: 2, logs: 1 }
  const accepted = { itemsReceived: 6, itemsAccepted: 6, errors: [] }
  const lines = telemetry.map(item => JSON.stringify(item)).join('\n')
  t.same(await to.send('/v2.1/track', gzipSync(lines), { 'content-encoding': 'gzip' }), [200, accepted])
  t.same(to.items(), items)
  t.same(await to.send('/v2/track', telemetry), [200, accepted])
  t.same(to.items(), items)
  t.match(to.collector.received(), { requests: 2, protocols: ['applicationinsights'], unreadable: 0 })
})

withCollector('Instana', async (t, to) => {
  // As it looks for its agent: without saying who it is, which fetch does not do.
  const [found] = (await once(
    get({ port: to.collector.port, host: '127.0.0.1', path: '/' }),
    'response',
  )) as [IncomingMessage]
  t.equal(found.headers.server, 'Instana Agent')
  t.type(((await json(found)) as { version: unknown }).version, 'string')
  const path = '/com.instana.plugin.nodejs'
  t.same(await to.send(`${path}.discovery`, { pid: 4711 }, {}, 'PUT'), [
    200,
    { pid: 4711, agentUuid: '00:00:00:00:00:00:00:00' },
  ])
  t.same(await to.send(`${path}.4711`, undefined, {}, 'HEAD'), [200, ''])
  t.same(await to.send(`${path}.4711`, { memory: { rss: 1, heap: [2, 3] }, name: 'x', none: null }), [
    200,
    [],
  ])
  t.same(to.items(), { ...none, metrics: 3 })
  await to.send(`${path}/traces.4711`, [{ k: 1, ec: 1 }, { k: 2, ec: 0 }, { k: 3 }])
  await to.send(`${path}/traces.4711`, { spans: [{ k: 1 }] })
  t.same(to.items(), { ...none, entries: 2, spans: 4, errors: 1 })
  await to.send('/tracermetrics', {})
  t.match(to.collector.received(), { requests: 7, protocols: ['instana'], unreadable: 0 })
})

withCollector('SkyWalking', async (t, to) => {
  const segment = protobufOf(
    [1, 'trace'],
    [2, 'segment'],
    [3, protobufOf([1, 0], [6, '/orders'], [11, 1])],
    [3, protobufOf([1, 1], [8, 1])],
    [3, protobufOf([1, 2], [8, 2])],
  )
  const call = (method: string, ...messages: readonly Buffer[]) =>
    grpcCall(to.collector.port, method, [Buffer.concat(messages.map(message => framed(message)))])
  t.match(await call('/skywalking.v3.TraceSegmentReportService/collect', segment, segment), {
    grpcStatus: '0',
  })
  t.same(to.items(), { ...none, entries: 2, spans: 6, errors: 2 })
  await call('/TraceSegmentReportService/collectInSync', protobufOf([1, segment], [1, segment]))
  t.same(to.items(), { ...none, entries: 2, spans: 6, errors: 2 })
  await call('/skywalking.v3.ManagementService/keepAlive', protobufOf([1, 'service']))
  t.same(to.items(), none)
  await call('/skywalking.v3.MeterReportService/collect', protobufOf([1, 'x']), protobufOf([1, 'x']))
  await call('/skywalking.v3.MeterReportService/collectBatch', protobufOf([1, 'x'], [1, 'x']))
  await call('/skywalking.v3.LogReportService/collect', protobufOf([1, 1]))
  t.same(to.items(), { ...none, metrics: 4, logs: 1 })
  t.match(to.collector.received(), { requests: 6, protocols: ['skywalking'], unreadable: 0 })
})

withCollector('Dynatrace', async (t, to) => {
  const [status, info] = await to.send('/api/v1/deployment/installer/agent/connectioninfo')
  const communicationEndpoints = [`http://127.0.0.1:${to.collector.port}/communication`]
  t.same([status, info], [200, { tenantUUID: 'tenant', tenantToken: 'token', communicationEndpoints }])
  t.same(await to.send('/communication', undefined, {}, 'HEAD'), [200, ''])
  t.same(await to.send('/communication;serverid=1', Buffer.from([1, 2, 3])), [200, ''])
  t.match(to.collector.received(), {
    requests: 3,
    bytes: 3,
    items: none,
    protocols: ['dynatrace'],
    unreadable: 0,
  })
})

withCollector('Pyroscope', async (t, to) => {
  t.same(await to.send('/ingest?format=pprof&name=shop', Buffer.from([1, 2, 3])), [200, ''])
  t.same(await to.send('/ingest', undefined, {}, 'GET'), [200, {}], 'is nothing that it sends')
  t.match(to.collector.received(), {
    requests: 2,
    bytes: 3,
    items: none,
    protocols: ['pyroscope'],
    unreadable: 0,
  })
})

withCollector('several in one collector, and what nobody knows', async (t, to) => {
  t.same(await to.send('/some/where?a=1', '{'), [200, {}])
  t.same(await to.send('/?a', undefined), [200, {}])
  t.match(await grpcCall(to.collector.port, '/some.Service/Call', [framed(Buffer.from('?'))]), {
    grpcStatus: '0',
  })
  t.same(to.collector.received().protocols, [])
  await to.send('/v1/traces', otlpTraces, protobufType)
  await to.send('/api/1/envelope/', '{}')
  t.match(to.collector.received(), { requests: 5, protocols: ['otlp', 'sentry'], unreadable: 0 })
})

withCollector(
  'bodies that are not what they should be are counted as unreadable, and answered',
  async (t, to) => {
    const nr = '/agent_listener/invoke_raw_method?method='
    const cases: [path: string, body: string | Buffer, headers?: Record<string, string>][] = [
      ['/v1/traces', otlpTraces.subarray(0, -1), protobufType],
      ['/v1/traces', Buffer.alloc(20, 0xff), protobufType],
      ['/v1/traces', Buffer.of(0x00), protobufType],
      ['/v1/traces', Buffer.of(0x0b), protobufType],
      ['/v1/traces', Buffer.of(0x09, 1), protobufType],
      ['/v1/traces', Buffer.of(0x0d, 1), protobufType],
      ['/v1/traces', '{"resourceSpans":', jsonType],
      ['/v1/traces', '{"resourceSpans":{}}', jsonType],
      ['/v1/traces', '[]', jsonType],
      ['/v1/traces', otlpTraces, { ...protobufType, 'content-encoding': 'gzip' }],
      ['/v1/traces', otlpTraces, { ...protobufType, 'content-encoding': 'zstd' }],
      ['/v0.4/traces', msgpackOf([ddSpans]).subarray(0, -1)],
      ['/v0.4/traces', Buffer.concat([msgpackOf([ddSpans]), Buffer.of(0)])],
      ['/v0.4/traces', msgpackOf('text')],
      ['/v0.4/traces', msgpackOf([['span']])],
      ['/v0.4/traces', Buffer.of(0x91, 0x91, 0x81, 0xa0, 0xc1)],
      ['/v0.4/traces', ''],
      ['/v0.5/traces', msgpackOf([[]])],
      ['/v0.5/traces', msgpackOf([[''], [[[0, 0]]]])],
      ['/dogstatsd/v2/proxy', 'nothing'],
      ['/intake/v2/events', '{"transaction":{"type":"request"'],
      ['/intake/v2/events', '{"transaction":[]}'],
      [`${nr}analytic_event_data`, '["run",{},[]]'],
      [`${nr}metric_data`, '{}'],
      ['/api/1/envelope/', '{}\n{"type":"event"}\n{"exception"'],
      ['/api/1/envelope/', '{}\n{"type":"attachment","length":100}\nabc'],
      ['/api/1/store/', ''],
      ['/v2.1/track', '{"data":{}}'],
      ['/com.instana.plugin.nodejs.discovery', 'pid'],
      ['/com.instana.plugin.nodejs/traces.1', '"text"'],
    ]
    for (const [at, [path, body, headers]] of cases.entries()) {
      const [status] = await to.send(path, body, headers)
      t.ok(status < 300, `${path} is answered`)
      t.equal(
        to.collector.received().unreadable,
        at + 1,
        `${path} is unreadable: ${body.toString('latin1').slice(0, 40)}`,
      )
    }
    t.same(to.items(), none, 'nothing of them is counted')
    const before = to.collector.received().unreadable
    const collect = '/skywalking.v3.TraceSegmentReportService/collect'
    const { port } = to.collector
    t.match(
      await grpcCall(port, collect, [framed(Buffer.alloc(3)).subarray(0, 6)]),
      { grpcStatus: '0' },
      'cut off',
    )
    await grpcCall(port, collect, [Buffer.alloc(5, 2), framed(Buffer.of(0xff))])
    await grpcCall(port, collect, [framed(Buffer.from('x'), true)], { 'grpc-encoding': 'gzip' })
    t.equal(to.collector.received().unreadable, before + 3, 'a call once, whatever is in it')
    await to.send('/v1/traces', brotliCompressSync(otlpTraces), { ...protobufType, 'content-encoding': 'br' })
    t.same(to.items(), spans, 'it goes on')
  },
)

withCollector('all forms of msgpack', async (t, to) => {
  const zeros = (count: number) => Array<number>(count).fill(0)
  const forms = [
    [0x7f],
    [0xe0],
    ...[0xc0, 0xc2, 0xc3].map(type => [type]),
    ...[[0xca, 4] as const, [0xcb, 8] as const].map(([type, size]) => [type, ...zeros(size)]),
    ...[1, 2, 4, 8].flatMap((size, n) => [0xcc, 0xd0].map(type => [type + n, ...zeros(size)])),
    ...[1, 2, 4].map((size, n) => [0xc4 + n, ...zeros(size - 1), 1, 0xff]),
    ...[1, 2, 4].map((size, n) => [0xc7 + n, ...zeros(size - 1), 1, 5, 0xff]),
    ...[1, 2, 4].map((size, n) => [0xd9 + n, ...zeros(size - 1), 1, 65]),
    ...[1, 2, 4, 8, 16].map((size, n) => [0xd4 + n, 5, ...zeros(size)]),
    ...[2, 4].map((size, n) => [0xdc + n, ...zeros(size - 1), 1, 0xc0]),
    ...[2, 4].map((size, n) => [0xde + n, ...zeros(size - 1), 1, 0xa0, 0xc2]),
    [0x91, 0x81, 0xa1, 65, 0x90],
  ]
  // All of them in a list under a name that nobody asks for, then the type.
  const span = Buffer.concat([
    Buffer.of(0xde, 0, 3, 0xd9, 1, 65, 0xdc, 0, forms.length),
    Buffer.from(forms.flat()),
    msgpackOf('type'),
    Buffer.of(0xda, 0, 3),
    Buffer.from('web'),
    msgpackOf('error'),
    Buffer.of(0xcc, 1),
  ])
  const traces = Buffer.concat([Buffer.of(0xdc, 0, 1, 0xdd, 0, 0, 0, 1), span])
  await to.send('/v0.4/traces', traces)
  t.same(to.items(), { ...none, entries: 1, spans: 1, errors: 1 })
  await to.send(
    '/v0.4/traces',
    msgpackOf([
      Array.from({ length: 20 }, () => ({
        ...ddSpan({}),
        ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, n * 100])),
      })),
      null,
    ]),
  )
  t.same(to.items(), { ...none, spans: 20 })
})
