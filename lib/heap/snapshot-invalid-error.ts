import { IsolateLeakError } from '../errors.js'

/** What is wrong in the content of a heap snapshot, and where. Its code is `ERR_SNAPSHOT_INVALID`. */
export class SnapshotInvalidError extends IsolateLeakError {
  override readonly name = 'SnapshotInvalidError'
  /**
   * Byte of the content, from 0, where it became apparent: the first byte that does not fit, or the end of what turned out to
   * be too short or to contradict what came before.
   */
  readonly offset: number

  /** @param sentence what was expected and what was got */
  constructor(offset: number, sentence: string, options?: ErrorOptions) {
    super('ERR_SNAPSHOT_INVALID', `invalid heap snapshot: at byte ${offset}: ${sentence}`, options)
    this.offset = offset
  }
}
