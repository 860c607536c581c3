/**
 * First of all preloads, before every agent: takes what it needs of Node while it is still unpatched, and starts
 * the Worker that speaks with the trial host. In a Worker of the application it only passes the probe on to processes
 * that the Worker starts.
 */
import type * as Path from 'node:path'
import type * as WorkerThreads from 'node:worker_threads'
import type { EnvironmentDataKey } from './main-thread.cjs'
import type { PassToChildren } from './pass-to-children.cjs'
import type { ProbeSettings } from './protocol.cjs'
import type { StartProbe } from './start-probe.cjs'

const path = require('node:path') as typeof Path
const { isMainThread, getEnvironmentData } = require('node:worker_threads') as typeof WorkerThreads

const settings = process.env['ISOLATE_LEAK_PROBE']
if (isMainThread && settings !== undefined) {
  delete process.env['ISOLATE_LEAK_PROBE']
  const startProbe = require('./start-probe.cjs') as StartProbe
  startProbe(settings, preloader())
} else if (!isMainThread) {
  const dataKey: EnvironmentDataKey = '__isolateLeakProbe'
  const passed = getEnvironmentData(dataKey)
  if (typeof passed === 'string') {
    const passToChildren = require('./pass-to-children.cjs') as PassToChildren
    passToChildren(JSON.parse(passed) as ProbeSettings)
  }
}

for (const file of Object.keys(require.cache)) {
  if (path.dirname(file) === __dirname) Reflect.deleteProperty(require.cache, file)
}

/** The module on whose behalf Node loads preloads. */
function preloader(): NodeJS.Module | null | undefined {
  // With --no-deprecation it is there, and cannot be written.
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation')
  try {
    // `module.parent` warns on stderr under --pending-deprecation, and has no successor.
    if (before === undefined) process.noDeprecation = true
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return module.parent
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation')
  }
}
