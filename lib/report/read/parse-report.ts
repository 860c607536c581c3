import { isRecord } from '../../options/check/is-record.js'
import { showValue } from '../../options/check/show-value.js'
import { IsolateLeakError } from '../../errors.js'
import type { ReportData } from '../../types/index.js'
import { type Shape, shapeFault } from './check-shape.js'

/** Form of a report; another number cannot be read. */
const SCHEMA_VERSION: ReportData['schemaVersion'] = 1

/** What a file with a report in it holds. */
export interface ReportFile {
  readonly report: ReportData
  /**
   * Everything that the file holds: the report itself, or the answer of `upgrade`, `instrumentation` or `replay` that the
   * report belongs to.
   */
  readonly whole: Readonly<Record<string, unknown>>
}

/**
 * A report from the text of its file. Bounds that JSON has no number for are infinite again.
 * @param name the file, for messages
 * @throws IsolateLeakError `ERR_REPORT` for what is no report, or one of another form
 */
export function parseReport(text: string, name: string): ReportData {
  return parseReportFile(text, name).report
}

/** As {@link parseReport}, with what is around it. */
export function parseReportFile(text: string, name: string): ReportFile {
  let value: unknown
  try {
    value = JSON.parse(text, reviveBounds)
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
  const fault = shapeFault(report, reportShape, '')
  if (fault !== null) throw new IsolateLeakError('ERR_REPORT', `${fault}, in the report ${name}`)
  return { report: report as unknown as ReportData, whole: value }
}

/** Growth without an interval has infinite bounds, which JSON writes as `null`. */
function reviveBounds(_key: string, value: unknown): unknown {
  if (!isRecord(value) || !('estimate' in value && 'low' in value && 'high' in value)) return value
  const { estimate, low, high } = value
  return { ...value, estimate: estimate ?? NaN, low: low ?? -Infinity, high: high ?? Infinity }
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

const texts = { every: 'string' } as const
const growth: Shape = {
  fields: { estimate: 'number or null', low: 'number or null', high: 'number or null', unit: 'string' },
}
const verdict: Shape = ['leak', 'clean', 'inconclusive']

/** What everything that reads a report needs of it. */
const reportShape: Shape = {
  fields: {
    verdict,
    culprits: {
      every: {
        fields: {
          kind: ['agent', 'interaction', 'application'],
          agents: texts,
          metric: 'string',
          growth,
          backend: 'string',
          backends: texts,
          alsoGrows: { every: { fields: { metric: 'string', growth } } },
          reason: 'string',
        },
      },
    },
    components: {
      every: {
        fields: {
          name: 'string',
          kind: ['agent', 'application'],
          verdict,
          growth,
          baseline: growth,
          metrics: { every: { fields: { metric: 'string', verdict, growth, threshold: 'number' } } },
          startBytes: 'number or null',
          reason: 'string',
          trials: 'number',
        },
      },
    },
    trials: {
      every: {
        fields: {
          id: 'number',
          agents: texts,
          backend: 'string',
          purpose: 'string',
          operations: 'number',
          outcome: { fields: { kind: 'string' } },
          samples: { every: { fields: { operations: 'number', kind: 'string', values: 'object' } } },
          loadedAgents: { every: { fields: { name: 'string', version: 'string' } } },
          heapLimitBytes: 'number',
        },
      },
    },
    conditions: {
      fields: {
        workload: 'string',
        backends: texts,
        operations: 'number',
        exercised: texts,
        notExercised: texts,
      },
    },
    options: {
      fields: {
        entry: {
          fields: {
            file: 'string',
            args: texts,
            nodeArgs: texts,
            nodePath: 'string',
            cwd: 'string',
            env: texts,
          },
        },
        agents: { every: { fields: { name: 'string', require: texts, import: texts, env: texts } } },
        effort: ['quick', 'standard', 'thorough'],
        operations: 'number',
        threshold: 'number',
        errorRate: 'number',
        strategy: 'string',
        backends: texts,
        concurrency: 'number',
        retentionMs: 'number',
        seed: 'number',
      },
    },
    environment: { fields: { isolateLeak: 'string', node: 'string', platform: 'string', arch: 'string' } },
    warnings: { every: { fields: { code: 'string', message: 'string' } } },
    timings: { fields: { startedAt: 'string', totalMs: 'number' } },
  },
}
