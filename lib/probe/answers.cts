import type { DescribeLoaded } from './describe-loaded.cjs'
import type { Evaluate } from './evaluate.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { ModuleCache, WorkerData } from './main-thread.cjs'
import type { ListeningServer, ProbeRequest, Running, Usage } from './protocol.cjs'
import type { PackageNames } from './package-names.cjs'
import type { RunBatch } from './run-batch.cjs'
import type { TakeReading } from './take-reading.cjs'

const describeLoaded = require('./describe-loaded.cjs') as DescribeLoaded
const evaluate = require('./evaluate.cjs') as Evaluate
const packageNames = require('./package-names.cjs') as PackageNames
const runBatch = require('./run-batch.cjs') as RunBatch
const takeReading = require('./take-reading.cjs') as TakeReading
const withMainThread = require('./main-thread-session.cjs') as WithMainThread

/** For requests without a time limit of their own. Evaluation interrupts JavaScript, but not a synchronous system call. */
const evaluationTimeoutMs = 5000

interface Answers {
  to(request: ProbeRequest): Promise<unknown>
  /** Lets the application end by itself from now on. */
  release(): Promise<void>
}

/** What the probe answers to each request of the host. */
function createAnswers(data: WorkerData): Answers {
  return {
    to: request => {
      switch (request.method) {
        case 'usage':
          return usage(request.timeoutMs)
        case 'read':
          return takeReading(request, data.settings.child === undefined)
        case 'run':
          return runBatch(request, new Int32Array(data.batch))
        case 'servers':
          return withMainThread(evaluationTimeoutMs, async post => {
            return JSON.parse(await evaluate(post, 'servers')) as ListeningServer[]
          })
        case 'running':
          return withMainThread(evaluationTimeoutMs, async (post): Promise<Running> => {
            return { started: await evaluate(post, 'started') }
          })
        case 'loaded':
          return withMainThread(evaluationTimeoutMs, async post => {
            return describeLoaded(JSON.parse(await evaluate(post, 'modules')) as ModuleCache, data.received)
          })
        case 'packages':
          return withMainThread(evaluationTimeoutMs, async post => {
            return packageNames((JSON.parse(await evaluate(post, 'modules')) as ModuleCache).files)
          })
      }
    },
    release: () => withMainThread(evaluationTimeoutMs, post => evaluate(post, 'release')),
  }
}

function usage(timeoutMs: number): Promise<Usage> {
  return withMainThread(timeoutMs, async post => {
    const { usedSize, totalSize } = await post<{ usedSize: number; totalSize: number }>(
      'Runtime.getHeapUsage',
    )
    return { heapUsed: usedSize, heapTotal: totalSize }
  })
}

export type CreateAnswers = typeof createAnswers
module.exports = createAnswers
