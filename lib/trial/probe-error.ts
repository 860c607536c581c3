import type { ProbeErrorCode } from '../probe/protocol.cjs'

/** What the probe answered instead of a result, or that it is gone. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError'
  readonly code: ProbeErrorCode | 'ERR_PROBE_LOST'
  readonly remoteStack: string | undefined

  constructor(code: ProbeErrorCode | 'ERR_PROBE_LOST', message: string, remoteStack?: string) {
    super(message)
    this.code = code
    this.remoteStack = remoteStack
  }
}
