import { isRecord } from '../../../options/check/is-record.js'
import { IsolateLeakError } from '../../../errors.js'
import { HISTORY_SCHEMA_VERSION, type Night } from '../night.js'

/** End of a line that was not finished: no JSON ends like that. */
export const UNFINISHED = ' # unfinished'

/**
 * The nights of a file's text, in the order in which they began. A last line without its line break was being written when
 * its job was killed, and is left out, as are those that were closed with a mark for that.
 * @param path for messages
 * @throws IsolateLeakError `ERR_HISTORY` naming the line that is damaged
 */
export function parseHistory(text: string, path: string): readonly Night[] {
  const lines = text.split('\n')
  // Empty where the last line is whole.
  lines.pop()
  const nights = lines.flatMap((line, index) => {
    if (line.endsWith(UNFINISHED) || line.trim() === '') return []
    try {
      return [nightOf(JSON.parse(line))]
    } catch (cause) {
      throw new IsolateLeakError(
        'ERR_HISTORY',
        `expected a night in line ${index + 1} of ${path}, got: ${line.slice(0, 120)}`,
        { cause },
      )
    }
  })
  return nights.sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
}

function nightOf(value: unknown): Night {
  if (!isRecord(value)) throw new Error('expected an object')
  if (value.schemaVersion !== HISTORY_SCHEMA_VERSION)
    throw new Error(
      `expected schemaVersion ${HISTORY_SCHEMA_VERSION}, got ${JSON.stringify(value.schemaVersion)}`,
    )
  if (typeof value.startedAt !== 'string' || Number.isNaN(Date.parse(value.startedAt)))
    throw new Error('expected a date in startedAt')
  if (value.outcome === 'failed') required(isRecord(value.error), 'error')
  else {
    required(value.outcome === 'finished', 'an outcome of finished or failed')
    required(
      ['leak', 'clean', 'inconclusive'].some(verdict => verdict === value.verdict),
      'a verdict',
    )
    required(Array.isArray(value.components) && value.components.every(isComponent), 'components')
    required(isRecord(value.versions) && Array.isArray(value.versions.agents), 'versions')
    required(isRecord(value.configuration) && isRecord(value.configuration.values), 'a configuration')
  }
  return value as unknown as Night
}

function isComponent(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    Array.isArray(value.metrics) &&
    value.metrics.every(
      metric =>
        isRecord(metric) && typeof metric.estimate === 'number' && typeof metric.threshold === 'number',
    )
  )
}

function required(isThere: boolean, what: string): void {
  if (!isThere) throw new Error(`expected ${what}`)
}
