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
  const fault = shapeFault(report, reportShape, '')
  if (fault !== null) throw new IsolateLeakError('ERR_REPORT', `${fault}, in the report ${name}`)
  return report as unknown as ReportData
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
  fields: { estimate: 'number', low: 'number or null', high: 'number or null', unit: 'string' },
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

/** What a value of JSON has to be: a word, one of some, a list of things, or an object with these fields. */
export type Shape =
  | 'string'
  | 'number'
  | 'number or null'
  | 'object'
  | readonly string[]
  | { readonly every: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }

/**
 * Says what is wrong with a value, nearest to its beginning: `expected components[0].name to be a string, got 7`;
 * `null`: nothing. Fields beyond those asked for are allowed.
 */
export function shapeFault(value: unknown, shape: Shape, name: string): string | null {
  if (typeof shape === 'string') return fits(value, shape) ? null : fault(name, article(shape), value)
  if (isWords(shape)) {
    const words = shape.map(word => `'${word}'`).join(' or ')
    return typeof value === 'string' && shape.includes(value) ? null : fault(name, words, value)
  }
  if ('every' in shape) {
    if (!Array.isArray(value)) return fault(name, 'an array', value)
    return firstFault(value.map((one, index) => [one, shape.every, `${name}[${String(index)}]`]))
  }
  if (!isRecord(value)) return fault(name, 'an object', value)
  return firstFault(
    Object.entries(shape.fields).map(([field, one]) => [
      value[field],
      one,
      name === '' ? field : `${name}.${field}`,
    ]),
  )
}

function firstFault(parts: readonly (readonly [unknown, Shape, string])[]): string | null {
  for (const part of parts) {
    const found = shapeFault(...part)
    if (found !== null) return found
  }
  return null
}

function isWords(shape: Exclude<Shape, string>): shape is readonly string[] {
  return Array.isArray(shape)
}

function fits(value: unknown, kind: Extract<Shape, string>): boolean {
  if (kind === 'object') return isRecord(value)
  if (kind === 'number or null') return typeof value === 'number' || value === null
  return typeof value === kind
}

function article(kind: Extract<Shape, string>): string {
  return kind === 'object' ? 'an object' : `a ${kind}`
}

function fault(name: string, wanted: string, value: unknown): string {
  const got = value === undefined ? 'nothing' : showValue(value)
  return `expected ${name === '' ? 'the whole' : name} to be ${wanted}, got ${got}`
}
