import { createRequire } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../lib/collector/certificate.js'
import { openCollector } from '../../lib/collector/collector.js'
import type { ReceivedItems } from '../../lib/types/index.js'
import { installed } from '../support/install-agents.js'
import { projectPath } from '../support/project-path.js'

type Load = (name: string) => unknown

interface Mock {
  readonly received: Readonly<Record<'traces' | 'metrics' | 'logs', readonly unknown[]>>
  readonly http: string
  readonly grpc: string
  close(): Promise<void>
}

const { telemetry, send, mock } = createRequire(projectPath('package.json'))(
  projectPath('test', 'fixtures', 'collector', 'otlp.cjs'),
) as {
  telemetry: (load: Load) => Promise<object>
  send: (load: Load, items: object, kind: string, base: string, compression: string) => Promise<void>
  mock: (load: Load) => Promise<Mock>
}

const loadFrom = async (...specs: readonly string[]): Promise<Load> =>
  createRequire(join(await installed(specs), 'package.json'))

type Decoded = Readonly<Record<string, unknown>>

/** Follows a path through lists, whatever its names are written like: `resourceSpans` or `resource_spans`. */
const follow = (values: readonly unknown[], ...path: readonly string[]): readonly Decoded[] => {
  const [first, ...rest] = path
  if (first === undefined) return values as readonly Decoded[]
  const under = first.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
  const next = (values as readonly Decoded[]).flatMap(value => [value[first] ?? value[under] ?? []].flat())
  return follow(next, ...rest)
}

/** What @elastic/mockotlpserver received, counted from the objects that it decodes. */
const counted = ({ traces, metrics, logs }: Mock['received']): ReceivedItems => {
  const spans = follow(traces, 'resourceSpans', 'scopeSpans', 'spans')
  const metric = follow(metrics, 'resourceMetrics', 'scopeMetrics', 'metrics')
  const points = ['sum', 'gauge', 'histogram'].flatMap(data => follow(metric, data, 'dataPoints'))
  const entries: readonly unknown[] = [2, 5, 'SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER']
  const failed: readonly unknown[] = [2, 'STATUS_CODE_ERROR']
  return {
    entries: spans.filter(({ kind }) => entries.includes(kind)).length,
    spans: spans.length,
    errors: follow(spans, 'status').filter(({ code }) => failed.includes(code)).length,
    metrics: points.length,
    logs: follow(logs, 'resourceLogs', 'scopeLogs', 'logRecords').length,
  }
}

t.test('counts what @elastic/mockotlpserver counts, from real exporters', async t => {
  const load = await loadFrom('@opentelemetry/auto-instrumentations-node@0.82.0', '@opentelemetry/api@1.10.0')
  const loadMock = await loadFrom('@elastic/mockotlpserver@0.10.0')
  const items = await telemetry(load)
  const certificate = await makeCertificate()

  for (const kind of ['http', 'proto', 'grpc'] as const) {
    await t.test(kind, async t => {
      const theirs = await mock(loadMock)
      t.teardown(() => theirs.close())
      const collector = await openCollector({ backend: 'up', certificate })
      t.teardown(() => collector.close())
      for (const compression of ['none', 'gzip']) {
        await send(load, items, kind, `http://127.0.0.1:${collector.port}`, compression)
        // It takes nothing compressed.
        await send(load, items, kind, kind === 'grpc' ? theirs.grpc : theirs.http, 'none')
      }
      // It tells what it received after it has answered.
      while (theirs.received.logs.length < 2) await new Promise(resolve => setImmediate(resolve))
      const ours = collector.received()
      t.same(ours.items, counted(theirs.received))
      // Twice 8 SERVER and 8 CONSUMER of 40; 7 counters, 3 histograms, a level and a gauge; 9 lines.
      t.same(ours.items, { entries: 32, spans: 80, errors: 10, metrics: 24, logs: 18 })
      t.match(ours, { requests: 6, protocols: ['otlp'], unreadable: 0 })
    })
  }
})
