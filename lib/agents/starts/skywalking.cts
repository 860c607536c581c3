import type * as Modules from 'node:module'
import type * as Path from 'node:path'
import type { LoadAgent } from './load-agent.cjs'

interface SkyWalking {
  readonly default: { readonly start: (options?: object) => void }
}

const { createRequire } = require('node:module') as typeof Modules
const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

// Its plugins look for what they patch from the file that required it, which is meant to be the application.
const application = path.resolve(process.argv[1] ?? 'index.js')
const skywalking = loadAgent('ISOLATE_LEAK_START_SKYWALKING', createRequire(application)) as SkyWalking
skywalking.default.start()
