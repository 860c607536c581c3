import type { Post } from './main-thread-link.cjs'
import type { MainThread, MainThreadName } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'

const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass

interface Evaluation {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: {
    readonly text: string
    readonly exception?: { readonly description?: string }
  }
}

const name: MainThreadName = '__isolateLeakProbe'

/**
 * Calls a function of {@link MainThread} on the main thread and gives its result.
 * @throws ProbeFailure with `ERR_PROBE_FAILED` when it throws
 */
async function evaluate<K extends keyof MainThread>(
  post: Post,
  method: K,
  ...args: Parameters<MainThread[K]>
): Promise<ReturnType<MainThread[K]>> {
  const expression = `${name}.${method}(${args.map(value => JSON.stringify(value)).join(', ')})`
  const { result, exceptionDetails: thrown } = await post<Evaluation>('Runtime.evaluate', {
    expression,
    silent: true,
    returnByValue: true,
  })
  if (thrown !== undefined) {
    const what = thrown.exception?.description ?? thrown.text
    throw new ProbeFailure('ERR_PROBE_FAILED', `${expression} threw in the application: ${what}`)
  }
  return result.value as ReturnType<MainThread[K]>
}

export type Evaluate = typeof evaluate
module.exports = evaluate
