import { randomUUID } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import { makeFolder } from '../../system/file-exists.js'

/** A file of JSON lines. */
export interface LineFile<Line> {
  /** Resolves when the line is on the disk. */
  readonly write: (line: Line) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Opens a file of JSON lines for appending, in a folder that is made when missing. What it held is replaced by `known`: killed in
 * between, it is the earlier file or the new one.
 * @throws IsolateLeakError `ERR_OUTPUT`, also from `write`
 */
export async function openLineFile<Line>(path: string, known: readonly Line[]): Promise<LineFile<Line>> {
  await replaceFile(path, known.map(toText).join(''))
  const file = await writing(path, async () => open(path, 'a'))
  let before: Promise<unknown> = Promise.resolve()
  return {
    // One after the other: what is written at the same time comes in any order, and may be mixed up.
    write: async line => {
      const written = before.then(async () =>
        writing(path, async () => {
          await file.appendFile(toText(line))
          await file.sync()
        }),
      )
      before = written.catch(() => undefined)
      return written
    },
    close: async () => file.close(),
  }
}

/**
 * Writes a file so that a reader sees the old one or the new one, never half of one.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writing(path, async () => {
    await makeFolder(dirname(path))
    await writeWhole(path, text)
  })
}

/**
 * Puts a whole file at a path, in a folder that exists. Writers at the same time do not get into each other's way, and nothing else is
 * left where it fails.
 * @throws errors of the file system
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`
  try {
    await writeFile(draft, text, { flag: 'wx', flush: true })
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write ${path}, got: ${message}`, { cause })
  }
}

function toText(line: unknown): string {
  return `${JSON.stringify(line)}\n`
}
