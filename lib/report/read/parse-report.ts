import type * as v from 'valibot'
import { faultOf, list, number, numberOrNull, object, optional, orNull, text, word } from './readable.js'
import { isRecord, showValue } from '../../options/check/check-object.js'
import { IsolateLeakError } from '../../errors.js'
import type { ReportData } from '../../types/index.js'

/** Form of a report; another number cannot be read. */
const SCHEMA_VERSION: ReportData['schemaVersion'] = 1

/**
 * The report from the text of its file, or the one within an answer of `upgrade`, `instrumentation` or `replay`.
 * @param name the file, for messages
 * @throws IsolateLeakError `ERR_REPORT` for what is no report, or one of another form
 */
export function parseReport(text: string, name: string): ReportData {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const end = text.trim() === '' ? 'an empty file' : (cause as Error).message
    throw new IsolateLeakError('ERR_REPORT', `expected a report (JSON) in ${name}, got: ${end}`, { cause })
  }
  if (!isRecord(value)) throw notReport(name, showValue(value))
  const inner = value['report']
  const report = 'schemaVersion' in value || !isRecord(inner) ? value : inner
  const version = report['schemaVersion']
  if (version === undefined) throw notReport(name, whatElse(value))
  if (version !== SCHEMA_VERSION) {
    throw new IsolateLeakError(
      'ERR_REPORT',
      `expected schemaVersion ${String(SCHEMA_VERSION)} in ${name}, got ${showValue(version)}: it was written by another version of the library`,
    )
  }
  const fault = faultOf(shape, report)
  if (fault !== null) throw new IsolateLeakError('ERR_REPORT', `${fault}, in the report ${name}`)
  // Does not compile where the shape asks for what no report has.
  return report as unknown as ReportData satisfies v.InferOutput<typeof shape>
}

function notReport(name: string, got: string): IsolateLeakError {
  return new IsolateLeakError(
    'ERR_REPORT',
    `expected the report of a run (report.json in its outDir, or what --json prints) in ${name}, got ${got}`,
  )
}

function whatElse(value: Readonly<Record<string, unknown>>): string {
  if ('edges' in value && 'versions' in value) return 'the answer of bisect'
  if ('nodes' in value && 'snapshot' in value) return 'a heap snapshot'
  return value['type'] === 'run' ? 'the journal of a run' : 'something else'
}

const growth = object({ estimate: number, low: numberOrNull, high: numberOrNull, unit: text })
const verdict = word('leak', 'clean', 'inconclusive')

const cost = orNull(object({ without: number, added: number, low: number, high: number }))

const costs = object({
  agent: text,
  backend: text,
  ...{ cpuMsPerOperation: cost, cpuMsPerSecond: cost, operationsPerSecond: cost, p50Ms: cost, p99Ms: cost },
  ...{ startMs: cost, heapStartBytes: cost, heapRestBytes: cost, rssStartBytes: cost, rssRestBytes: cost },
})

/** What everything that reads a report needs of it. */
const shape = object({
  verdict,
  culprits: list(
    object({
      kind: word('agent', 'interaction', 'application'),
      agents: list(text),
      metric: text,
      growth,
      backend: text,
      backends: list(text),
      alsoGrows: list(object({ metric: text, growth })),
      reason: text,
    }),
  ),
  components: list(
    object({
      name: text,
      kind: word('agent', 'application'),
      verdict,
      growth,
      baseline: growth,
      metrics: list(object({ metric: text, verdict, growth, threshold: number })),
      startBytes: numberOrNull,
      reason: text,
      trials: number,
    }),
  ),
  costs: optional(list(costs)),
  trials: list(
    object({
      id: number,
      agents: list(text),
      backend: text,
      purpose: text,
      operations: number,
      outcome: object({ kind: text }),
      samples: list(object({ operations: number, kind: text, values: object({}) })),
      loadedAgents: list(object({ name: text, version: text })),
      heapLimitBytes: number,
    }),
  ),
  conditions: object({
    workload: text,
    backends: list(text),
    operations: number,
    exercised: list(text),
    notExercised: list(text),
  }),
  options: object({
    entry: object({
      file: text,
      args: list(text),
      nodeArgs: list(text),
      nodePath: text,
      cwd: text,
      env: list(text),
    }),
    agents: list(object({ name: text, require: list(text), import: list(text), env: list(text) })),
    effort: word('quick', 'standard', 'thorough'),
    operations: number,
    threshold: number,
    errorRate: number,
    strategy: text,
    backends: list(text),
    concurrency: number,
    retentionMs: number,
    seed: number,
  }),
  environment: object({ isolateLeak: text, node: text, platform: text, arch: text }),
  warnings: list(object({ code: text, message: text })),
  timings: object({ startedAt: text, totalMs: number }),
})
