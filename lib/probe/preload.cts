/**
 * First of all preloads, before every agent: takes what it needs of Node while it is still unpatched, and starts
 * the Worker that speaks with the trial host. In a Worker or a child process of the application it does nothing.
 */
import type * as WorkerThreads from 'node:worker_threads'
import type { StartProbe } from './start-probe.cjs'

const { isMainThread } = require('node:worker_threads') as typeof WorkerThreads

const settings = process.env['ISOLATE_LEAK_PROBE']
if (isMainThread && settings !== undefined) {
  delete process.env['ISOLATE_LEAK_PROBE']
  const startProbe = require('./start-probe.cjs') as StartProbe
  startProbe(settings, preloader())
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
