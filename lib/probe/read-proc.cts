import type * as Fs from 'node:fs'

const fs = require('node:fs') as typeof Fs

/** `null` where there is no such folder: not Linux, another user's process, or one that has ended. */
function entriesOf(folder: string): string[] | null {
  try {
    return fs.readdirSync(folder)
  } catch {
    return null
  }
}

/** The same. */
function textOf(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

export interface ReadProc {
  readonly entriesOf: typeof entriesOf
  readonly textOf: typeof textOf
}
module.exports = { entriesOf, textOf } satisfies ReadProc
