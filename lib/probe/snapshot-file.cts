import type * as Fs from 'node:fs'

const { closeSync, constants, openSync, unlinkSync, writeSync } = require('node:fs') as typeof Fs

/** A file that is written from begin to end, or not left at all. */
export interface SnapshotFile {
  readonly write: (text: string) => void
  /**
   * Closes the file.
   * @throws the error of a `write` that failed, and removes the file
   */
  readonly finish: () => void
  /** Removes the file, unless it is finished. */
  readonly discard: () => void
}

// Windows has no such flag, and few links.
const noFollow = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0

/**
 * Creates a file that only its owner can read.
 * @throws when there is anything at that path, a link that leads nowhere included
 */
function createSnapshotFile(path: string): SnapshotFile {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600)
  let failure: Error | null = null
  let isOpen = true

  function discard(): void {
    if (!isOpen) return
    isOpen = false
    closeSync(fd)
    unlinkSync(path)
  }

  return {
    write: text => {
      if (failure !== null || !isOpen) return
      try {
        // Plain ASCII: V8 escapes all else.
        const bytes = Buffer.from(text, 'latin1')
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
      } catch (error) {
        failure = error as Error
      }
    },
    finish: () => {
      if (failure !== null) {
        discard()
        throw failure
      }
      isOpen = false
      closeSync(fd)
    },
    discard,
  }
}

export type CreateSnapshotFile = typeof createSnapshotFile
module.exports = createSnapshotFile
