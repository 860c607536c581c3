import { IsolateLeakError } from '../../errors.js'

/** What columns are made of. */
export type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

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
