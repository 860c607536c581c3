import type { Evaluate } from './evaluate.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { OperationFailure } from './main-thread.cjs'
import type { ProbeFailureClass } from './probe-failure.cjs'
import type { ProbeRequest } from './protocol.cjs'

const evaluate = require('./evaluate.cjs') as Evaluate
const ProbeFailure = require('./probe-failure.cjs') as ProbeFailureClass
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

type Run = Extract<ProbeRequest, { method: 'run' }>

const pollMs = 10
const evaluationTimeoutMs = 5000

/**
 * Performs a batch of operations on the main thread and waits for it, watching shared memory rather than holding an
 * inspector session.
 * @throws ProbeFailure with `ERR_PROBE_OPERATION` when an operation throws or rejects
 */
async function runBatch(request: Run, shared: Int32Array): Promise<{ operations: number }> {
  if (Atomics.load(shared, 0) === 1) throw new ProbeFailure('ERR_PROBE_FAILED', 'A batch is running already')
  Atomics.store(shared, 0, 1)
  Atomics.store(shared, 1, 0)
  Atomics.store(shared, 2, request.index)
  Atomics.store(shared, 3, request.operations)
  await withMainThread(evaluationTimeoutMs, post => evaluate(post, 'run', request.module))
  while (Atomics.load(shared, 0) === 1) await pause()
  if (Atomics.load(shared, 0) === 2) return { operations: Atomics.load(shared, 1) }

  const failure = JSON.parse(
    await withMainThread(evaluationTimeoutMs, post => evaluate(post, 'failure')),
  ) as OperationFailure
  throw new ProbeFailure('ERR_PROBE_OPERATION', failure.message, failure.stack)
}

function pause(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, pollMs)
  })
}

export type RunBatch = typeof runBatch
module.exports = runBatch
