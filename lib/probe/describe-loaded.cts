import type { FindAgents } from './find-agents.cjs'
import type { ModuleCache, ReceivedOptions } from './main-thread.cjs'
import type { Loaded } from './protocol.cjs'
import type { SharedLibraries } from './shared-libraries.cjs'

const findAgents = require('./find-agents.cjs') as FindAgents
const { injectedLibraries, foreignLibraries } = require('./shared-libraries.cjs') as SharedLibraries

/** Puts together what was really loaded into the application. */
function describeLoaded(modules: ModuleCache, received: ReceivedOptions): Loaded {
  const injected = injectedLibraries(received.ldPreload)
  return {
    nodeVersion: process.versions.node,
    bufferPoolBytes: Buffer.poolSize,
    execPath: process.execPath,
    execArgv: received.execArgv,
    nodeOptions: received.nodeOptions,
    preloaded: modules.preloaded,
    libraries: foreignLibraries(injected),
    injected,
    agents: findAgents(modules, received.entry),
  }
}

export type DescribeLoaded = typeof describeLoaded
module.exports = describeLoaded
