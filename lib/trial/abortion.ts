import { TrialFailed } from './trial-stop.js'

/**
 * Rejects when the signal is aborted, with {@link TrialFailed}; never resolves. The signal is that of all trials, and a listener holds its
 * trial: `over` tells when nobody waits any more.
 */
export async function abortion(signal: AbortSignal, over: AbortSignal): Promise<never> {
  await new Promise<void>(resolve => {
    const listener = (): void => {
      resolve()
    }
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', listener, { once: true, signal: over })
  })
  throw new TrialFailed({ phase: 'measure', kind: 'aborted', message: 'the run was aborted' })
}

/**
 * Waits for `work` as long as the signal is not aborted.
 * @throws TrialFailed of kind `aborted`; what `work` throws
 */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const over = new AbortController()
  try {
    return await Promise.race([work, abortion(signal, over.signal)])
  } finally {
    over.abort()
  }
}
