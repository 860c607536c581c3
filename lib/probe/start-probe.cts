import type * as ChildProcesses from 'node:child_process'
import type * as Net from 'node:net'
import type * as Path from 'node:path'
import type * as V8 from 'node:v8'
import type * as Vm from 'node:vm'
import type * as WorkerThreads from 'node:worker_threads'
import type { CreateCounters } from './counters.cjs'
import type {
  EnvironmentDataKey,
  MainThread,
  MainThreadName,
  ReceivedOptions,
  WorkerData,
} from './main-thread.cjs'
import type { ReadModuleCache } from './module-cache.cjs'
import type { ObserveStart } from './observe-start.cjs'
import type { PassToChildren } from './pass-to-children.cjs'
import type { PerformBatches } from './perform-batches.cjs'
import type { ProbeSettings } from './protocol.cjs'
import type { RecordServers } from './record-servers.cjs'
import type { RelayInspector } from './relay-inspector.cjs'
import type { ThreadSignsOf } from './thread-signs.cjs'

const { ChildProcess } = require('node:child_process') as typeof ChildProcesses
const net = require('node:net') as typeof Net
const path = require('node:path') as typeof Path
const v8 = require('node:v8') as typeof V8
const vm = require('node:vm') as typeof Vm
const { Worker, setEnvironmentData } = require('node:worker_threads') as typeof WorkerThreads
const createCounters = require('./counters.cjs') as CreateCounters
const observeStart = require('./observe-start.cjs') as ObserveStart
const passToChildren = require('./pass-to-children.cjs') as PassToChildren
const performBatches = require('./perform-batches.cjs') as PerformBatches
const recordServers = require('./record-servers.cjs') as RecordServers
const { prototypes, threadSigns } = require('./thread-signs.cjs') as ThreadSignsOf
const readModuleCache = require('./module-cache.cjs') as ReadModuleCache

const { setInterval, clearInterval } = globalThis
const { eventNames, rawListeners } = process

/** Only loaded where it is used: it brings the inspector along. */
const relayInspector: RelayInspector = () => (require('./relay-inspector.cjs') as RelayInspector)()

/** Calls after which V8 has allocated what it keeps about the probe's functions: later it would be seen in the heap. */
const warmUpCalls = 400
const longestIntervalMs = 2 ** 31 - 1

/** Sets V8's flags, takes hold of the main thread and starts the Worker. `json` is {@link ProbeSettings}; for `preloader` see {@link ReadModuleCache}. */
function startProbe(json: string, preloader: NodeJS.Module | null | undefined): void {
  const settings = JSON.parse(json) as ProbeSettings
  for (const flag of settings.v8Flags) v8.setFlagsFromString(flag)
  const received = receivedOptions()
  hidePreload()
  passToChildren(settings)
  for (const name of settings.child?.added ?? []) Reflect.deleteProperty(process.env, name)
  const dataKey: EnvironmentDataKey = '__isolateLeakProbe'
  setEnvironmentData(dataKey, json)

  const batch = new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT)
  const keptAlive = settings.keepAlive ? setInterval(() => undefined, longestIntervalMs) : null
  const servers = recordServers()
  const own: readonly unknown[] = [
    Reflect.get(net.Server.prototype, 'listen'),
    Reflect.get(ChildProcess.prototype, 'spawn'),
  ]
  const mainThread: MainThread = {
    ...createCounters(keptAlive === null ? 0 : 1),
    ...performBatches(new Int32Array(batch)),
    servers,
    modules: readModuleCache(preloader),
    started: observeStart(),
    signs: () => JSON.stringify(threadSigns(own)),
    prototypes,
    listeners: () =>
      eventNames
        .call(process)
        .flatMap(event => rawListeners.call(process, event).flatMap(one => [event, one])),
    release: () => {
      if (keptAlive !== null) clearInterval(keptAlive)
    },
  }
  for (let call = 0; call < warmUpCalls; call++) mainThread.counts()
  bindMainThread(mainThread)

  const relay = settings.evidence === true ? relayInspector() : null
  const workerData: WorkerData = {
    settings,
    received,
    batch,
    relay,
    cwd: process.cwd(),
    script: scriptPath(),
  }
  const worker = new Worker(path.join(__dirname, 'worker.cjs'), {
    workerData,
    transferList: relay === null ? [] : [relay],
    // Either of these two alone lets the application's preloads into the Worker.
    execArgv: [],
    env: {},
    stdin: false,
    // Kept from the application's own streams; nothing is ever written to them.
    stdout: true,
    stderr: true,
    name: 'isolate-leak',
  })
  worker.unref()
  // Without a listener an error of the Worker would end the application. The host sees the connection end.
  worker.on('error', mainThread.release)
}

function receivedOptions(): ReceivedOptions {
  return {
    execArgv: [...process.execArgv],
    nodeOptions: process.env['NODE_OPTIONS'] ?? '',
    ldPreload: process.env['LD_PRELOAD'] ?? '',
    entry: process.argv[1] ?? '',
  }
}

function scriptPath(): string {
  const script = process.argv[1] ?? '-'
  const isText = process.execArgv.some(argument => /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/.test(argument))
  // `-` stands for stdin.
  return isText || script === '-' ? '' : path.resolve(script)
}

/** Takes the probe out of NODE_OPTIONS, where the host puts it first: the application sees the environment that was planned. */
function hidePreload(): void {
  const options = process.env['NODE_OPTIONS'] ?? ''
  const own = `--require ${JSON.stringify(path.join(__dirname, 'preload.cjs'))}`
  if (options === own) delete process.env['NODE_OPTIONS']
  else if (options.startsWith(`${own} `)) process.env['NODE_OPTIONS'] = options.slice(own.length + 1)
}

function bindMainThread(mainThread: MainThread): void {
  const name: MainThreadName = '__isolateLeakProbe'
  const bound = vm.runInThisContext(`const ${name} = {}; ${name}`) as MainThread
  Object.freeze(Object.assign(bound, mainThread))
}

export type StartProbe = typeof startProbe
module.exports = startProbe
