import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import { makeFolder } from '../../system/file-exists.js'
import { HISTORY_SCHEMA_VERSION, type Night } from './night.js'
import { isRecord } from '../../options/check/check-object.js'

/** Name of the file in the folder of a history. */
const HISTORY_FILE = 'history.jsonl'

/**
 * Adds a line, and waits until it is on the disk. One write to the end of the file: jobs that run at the same time do not
 * damage each other's lines. A last line that a killed job left unfinished is closed with a mark, by which readers know it.
 * @throws IsolateLeakError `ERR_HISTORY`
 */
export async function appendNight(folder: string, night: Night): Promise<void> {
  await reaching(folder, 'write to', async () => {
    await makeFolder(folder)
    const file = await open(join(folder, HISTORY_FILE), 'a+')
    try {
      const { size } = await file.stat()
      const last = Buffer.alloc(1)
      const isOpen = size > 0 && (await file.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a
      await file.appendFile(`${isOpen ? `${UNFINISHED}\n` : ''}${JSON.stringify(night)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

/**
 * The nights of a history, oldest first. A folder without one has none.
 * @throws IsolateLeakError `ERR_HISTORY` when it cannot be read, or a line of it is damaged: the message names the line
 */
export async function readHistory(folder: string): Promise<readonly Night[]> {
  const path = join(folder, HISTORY_FILE)
  const text = await reaching(folder, 'read', async () => {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
      throw error
    }
  })
  return parseHistory(text, path)
}

async function reaching<T>(folder: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_HISTORY',
      `expected to ${what} the history in ${folder}, got: ${message}`,
      {
        cause,
      },
    )
  }
}

/** End of a line that was not finished: no JSON ends like that. */
const UNFINISHED = ' # unfinished'

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
