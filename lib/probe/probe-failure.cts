import type { ProbeErrorCode, ProbeReply } from './protocol.cjs'

type Description = Extract<ProbeReply, { error: unknown }>['error']

/** A failure with one of the codes that the host knows. */
class ProbeFailure extends Error {
  readonly code: ProbeErrorCode

  constructor(code: ProbeErrorCode, message: string, stack?: string) {
    super(message)
    this.code = code
    if (stack !== undefined) this.stack = stack
  }

  /** As it is sent to the host; anything unexpected becomes `ERR_PROBE_FAILED`. */
  static describe(error: unknown): Description {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const code = error instanceof ProbeFailure ? error.code : 'ERR_PROBE_FAILED'
    return stack === undefined ? { code, message } : { code, message, stack }
  }
}

export type ProbeFailureClass = typeof ProbeFailure
module.exports = ProbeFailure
