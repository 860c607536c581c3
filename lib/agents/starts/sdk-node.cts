import type * as Modules from 'node:module'
import type * as Path from 'node:path'
import type { LoadAgent } from './load-agent.cjs'

interface SdkNode {
  readonly NodeSDK: new (options: { readonly instrumentations: readonly unknown[] }) => {
    /** Of older versions a promise. */
    readonly start: () => unknown
  }
}

interface HttpInstrumentations {
  readonly HttpInstrumentation: new () => unknown
}

const { createRequire } = require('node:module') as typeof Modules
const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_SDK_NODE'
const { NodeSDK } = loadAgent(variable) as SdkNode
const { HttpInstrumentation } = loadAgent(variable, folder =>
  createRequire(path.join(folder, 'package.json'))('@opentelemetry/instrumentation-http'),
) as HttpInstrumentations

void new NodeSDK({ instrumentations: [new HttpInstrumentation()] }).start()
