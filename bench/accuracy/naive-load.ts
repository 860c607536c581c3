import autocannon from 'autocannon'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { CaseWorkload } from './cases/types.js'
import type { NaiveApplication } from './naive-launch.js'

const CONNECTIONS = 10
const MOST_FAILED = 0.01

/** Performs so many operations from the given index on, and gives the heap that is left, bytes. */
export type NaiveLoad = (from: number, operations: number) => Promise<number>

/** The workload of a case as the naive script drives it. */
export const naiveLoad = (
  workload: CaseWorkload,
  application: NaiveApplication,
  idleMs: number,
  signal: AbortSignal,
): NaiveLoad => {
  switch (workload.kind) {
    case 'http':
      return async (from, operations) => {
        await requests(application.url, workload.path, from, operations, signal)
        return application.heapUsed()
      }
    case 'in-app':
      return (from, operations) =>
        application.heapUsed({ module: pathToFileURL(workload.module).href, from, calls: operations })
    case 'idle':
      return async from => {
        // There is nothing to warm up.
        if (from > 0) await delay(idleMs, undefined, { signal })
        return application.heapUsed()
      }
  }
}

const requests = async (
  url: string,
  path: (index: number) => string,
  from: number,
  amount: number,
  signal: AbortSignal,
): Promise<void> => {
  let next = from
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        ...{ url, amount, connections: CONNECTIONS },
        requests: [{ setupRequest: request => ({ ...request, path: path(next++) }) }],
      },
      (error: Error | null, done) => {
        signal.removeEventListener('abort', stop)
        if (error === null) resolve(done)
        else reject(error)
      },
    )
    const stop = (): void => {
      instance.stop()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
  signal.throwIfAborted()
  const failed = result.errors + result.non2xx
  if (failed > amount * MOST_FAILED)
    throw new Error(`expected ${amount.toString()} answers for the naive script, ${failed.toString()} failed`)
}
