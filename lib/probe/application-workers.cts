import type * as DiagnosticsChannel from 'node:diagnostics_channel'
import type { Worker } from 'node:worker_threads'

const diagnosticsChannel = require('node:diagnostics_channel') as typeof DiagnosticsChannel

interface ApplicationWorkers {
  /** Names the probe's own Worker, which is not counted. */
  readonly ownIs: (worker: Worker) => void
  /** Worker threads that run, or `null` on a Node that does not announce them. Those started by Workers are not seen. */
  readonly count: () => number | null
}

/**
 * Counts through Node's diagnostics channel, which costs no listener on `process`. Node before 16.18 has no such
 * channel: nothing is announced for the probe's own Worker either.
 */
function countApplicationWorkers(): ApplicationWorkers {
  const running = new Set<WeakRef<Worker>>()
  let announced = false
  // Missing before 16.17.
  const { subscribe } = diagnosticsChannel as { subscribe?: typeof diagnosticsChannel.subscribe }
  subscribe?.('worker_threads', message => {
    const { worker } = message as { worker: Worker }
    announced = true
    prune()
    if (!isNodesOwn(worker)) running.add(new WeakRef(worker))
  })

  function prune(own?: Worker): void {
    for (const reference of running) {
      const worker = reference.deref()
      // A Worker that has ended has the thread identifier -1.
      if (worker === undefined || worker === own || worker.threadId === -1) running.delete(reference)
    }
  }

  return {
    ownIs: prune,
    count: () => {
      prune()
      return announced ? running.size : null
    },
  }
}

/** The thread that `module.register` runs loaders in is Node's, and there is one however often it is called. */
function isNodesOwn(worker: Worker): boolean {
  return worker.constructor.name === 'InternalWorker'
}

export type CountApplicationWorkers = typeof countApplicationWorkers
module.exports = countApplicationWorkers
