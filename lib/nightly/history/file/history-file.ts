import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../../../errors.js'
import { makeFolder } from '../../../system/make-folder.js'
import type { Night } from '../night.js'
import { parseHistory, UNFINISHED } from './parse-history.js'

/** Name of the file in the folder of a history. */
export const HISTORY_FILE = 'history.jsonl'

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
