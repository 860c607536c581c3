import type * as Url from 'node:url'
import type { MainThread, OperationFailure } from './main-thread.cjs'

const { pathToFileURL } = require('node:url') as typeof Url
const { setImmediate, Promise } = globalThis
const { store, load } = Atomics

type Operation = (index: number) => unknown

/** Runs operations of an in-application workload on the main thread. `shared` is described at `WorkerData.batch`. */
function performBatches(shared: Int32Array): Pick<MainThread, 'run' | 'failure'> {
  let failure: OperationFailure = { message: '' }

  function fail(what: string, error: unknown): void {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`
    const stack = error instanceof Error ? error.stack : undefined
    failure = stack === undefined ? { message } : { message, stack }
    store(shared, 0, 3)
  }

  async function performBatch(module: string, first: number, operations: number): Promise<void> {
    let operation: Operation
    try {
      operation = await importOperation(module)
    } catch (error) {
      fail(`The workload ${module} could not be loaded`, error)
      return
    }
    for (let done = 0; done < operations; done++) {
      try {
        await inFreshTurn(operation, first + done)
      } catch (error) {
        fail(`Operation ${String(first + done)} of ${module} failed`, error)
        return
      }
      store(shared, 1, done + 1)
    }
    store(shared, 0, 2)
  }

  return {
    run: module => void performBatch(module, load(shared, 2), load(shared, 3)),
    failure: () => JSON.stringify(failure),
  }
}

async function importOperation(module: string): Promise<Operation> {
  const loaded = (await import(pathToFileURL(module).href)) as { default?: unknown }
  // A module that was compiled to CommonJS has its default export one level deeper.
  const inner = (loaded.default as { default?: unknown } | null | undefined)?.default
  for (const candidate of [loaded.default, inner]) {
    if (typeof candidate === 'function') return candidate as Operation
  }
  throw new TypeError(`expected its default export to be a function, got ${typeof loaded.default}`)
}

/**
 * Every operation begins in a turn of the event loop of its own: timers of agents run in between, and what one
 * operation leaves in its asynchronous context does not reach the next.
 */
function inFreshTurn(operation: Operation, index: number): Promise<unknown> {
  return new Promise(resolve => {
    setImmediate(() => {
      resolve(perform(operation, index))
    })
  })
}

async function perform(operation: Operation, index: number): Promise<unknown> {
  return await operation(index)
}

export type PerformBatches = typeof performBatches
module.exports = performBatches
