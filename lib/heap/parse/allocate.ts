import { IsolateLeakError } from '../../errors.js'
import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import type { ByteWindow } from './byte-window.js'

/** What columns are made of. */
type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/**
 * A typed array of zeros.
 * @throws IsolateLeakError `ERR_SNAPSHOT_READ` where there is not enough memory
 */
export function allocate<C extends Column>(type: new (length: number) => C, length: number): C {
  try {
    return new type(length)
  } catch (cause) {
    throw new IsolateLeakError(
      'ERR_SNAPSHOT_READ',
      `expected memory for ${length} entries of the heap snapshot, got none`,
      { cause },
    )
  }
}

/** A column with the same entries, and room for more. */
export function enlarge<C extends Column>(column: C, length: number): C {
  const larger = allocate(column.constructor as new (length: number) => C, length)
  larger.set(column)
  return larger
}

/** Rows to make room for before any was read, where the size of the whole is not known. */
const FIRST_ROWS = 65_536
/** A digit and a comma. */
const MIN_NUMBER_BYTES = 2

/**
 * Rows to make room for at first: the declared ones where the size of the file can justify them, else few.
 * @param width numbers in a row
 * @throws SnapshotInvalidError where the file is too small for what it declares
 */
export function firstCapacity(declared: number, width: number, window: ByteWindow, what: string): number {
  if (window.total === null) return Math.min(declared, FIRST_ROWS)
  const most = Math.ceil((window.total - window.offset) / (width * MIN_NUMBER_BYTES))
  if (declared <= most) return declared
  throw new SnapshotInvalidError(
    window.offset,
    `expected ${declared} ${what} as declared, got a file with room for at most ${most}`,
  )
}

/** Rows to make room for when more come than there is room for: never more than twice what is needed. */
export function nextCapacity(capacity: number, needed: number, declared: number): number {
  return needed <= capacity ? capacity : Math.max(needed, Math.min(declared, 2 * capacity))
}
