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

const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_SDK_NODE'
const { NodeSDK } = loadAgent(variable) as SdkNode
// A dependency of the application, which may be beside the SDK or not.
const { HttpInstrumentation } = loadAgent(variable, folder =>
  require(
    require.resolve('@opentelemetry/instrumentation-http', {
      paths: [folder, path.dirname(path.resolve(process.argv[1] ?? 'index.js'))],
    }),
  ),
) as HttpInstrumentations

void new NodeSDK({ instrumentations: [new HttpInstrumentation()] }).start()
