import type { CpuUsedOf } from './cpu-used.cjs'
import type { DescribeLoaded } from './describe-loaded.cjs'
import type { Evaluate } from './evaluate.cjs'
import type { LiveAllocationsOf, StartSampling } from './sample-allocations.cjs'
import type { WithMainThread } from './main-thread-session.cjs'
import type { ModuleCache, WorkerData } from './main-thread.cjs'
import type { ListeningServer, ProbeRequest, Running, Usage } from './protocol.cjs'
import type { OpenResources } from './open-resources.cjs'
import type { PackageNames } from './package-names.cjs'
import type { PendingTimersOf } from './pending-timers.cjs'
import type { ReadSigns } from './read-signs.cjs'
import type { RunBatch } from './run-batch.cjs'
import type { TakeReading } from './take-reading.cjs'
import type { TakeSnapshot } from './take-snapshot.cjs'

const cpuUsed = require('./cpu-used.cjs') as CpuUsedOf
const describeLoaded = require('./describe-loaded.cjs') as DescribeLoaded
const evaluate = require('./evaluate.cjs') as Evaluate
const openResources = require('./open-resources.cjs') as OpenResources
const packageNames = require('./package-names.cjs') as PackageNames
const pendingTimers = require('./pending-timers.cjs') as PendingTimersOf
const readSigns = require('./read-signs.cjs') as ReadSigns
const runBatch = require('./run-batch.cjs') as RunBatch
const { startSampling, liveAllocations } = require('./sample-allocations.cjs') as {
  startSampling: StartSampling
  liveAllocations: LiveAllocationsOf
}
const takeReading = require('./take-reading.cjs') as TakeReading
const takeSnapshot = require('./take-snapshot.cjs') as TakeSnapshot
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
        case 'cpu':
          return Promise.resolve(cpuUsed())
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
        case 'timers':
          return pendingTimers(request.timeoutMs)
        case 'signs':
          return readSigns(request, data.received)
        case 'snapshot':
          return takeSnapshot(request)
        case 'sample':
          return startSampling(request)
        case 'allocations':
          return liveAllocations(request)
        case 'resources':
          return openResources(data.settings.child === undefined, evaluationTimeoutMs)
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
