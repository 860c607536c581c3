import { isRecord } from '../../options/check/is-record.js'
import { showValue } from '../../options/check/show-value.js'
import { IsolateLeakError } from '../../errors.js'
import type { ReportData } from '../../types/index.js'
import { shapeFault } from './check-shape.js'
import { reportShape } from './report-shape.js'

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
