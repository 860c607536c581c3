import type { OutputStream } from './context.js'

/** A stream whose reader may go away. */
export interface Output {
  /** Resolves when the text was handed over; once the reader is gone (EPIPE) nothing is written any more. */
  readonly write: (text: string) => Promise<void>
  close(): void
}

/** Writes to a stream. Errors other than a closed pipe reject the write, or the next one. */
export function openOutput(stream: OutputStream): Output {
  let failure: Error | null = null
  const onError = (error: Error): void => {
    failure = error
  }
  stream.on('error', onError)
  const write = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const settle = (error: Error | null | undefined): void => {
        failure ??= error ?? null
        if (failure === null || isBrokenPipe(failure)) done()
        else fail(failure)
      }
      if (failure !== null || text === '') settle(null)
      else stream.write(text, settle)
    })
  return {
    write,
    close: () => {
      // a stream emits its error after the write has failed
      if (failure === null) stream.off('error', onError)
    },
  }
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}
