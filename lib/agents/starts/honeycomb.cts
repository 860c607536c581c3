import type * as Path from 'node:path'
import type { LoadAgent } from './load-agent.cjs'

interface Honeycomb {
  readonly HoneycombSDK: new (options: { readonly instrumentations: readonly unknown[] }) => {
    readonly start: () => void
  }
}

interface AutoInstrumentations {
  readonly getNodeAutoInstrumentations: (
    configs: Readonly<Record<string, { readonly enabled: boolean }>>,
  ) => unknown
}

const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_HONEYCOMB'
const { HoneycombSDK } = loadAgent(variable) as Honeycomb
// A dependency of the application, which may be beside the SDK or not.
const { getNodeAutoInstrumentations } = loadAgent(variable, folder =>
  require(
    require.resolve('@opentelemetry/auto-instrumentations-node', {
      paths: [folder, path.dirname(path.resolve(process.argv[1] ?? 'index.js'))],
    }),
  ),
) as AutoInstrumentations

// Its documentation leaves out what is done with files.
const without = ['fs', ...(process.env['ISOLATE_LEAK_HONEYCOMB_WITHOUT'] ?? '').split(',').filter(Boolean)]
const configs = Object.fromEntries(
  without.map(name => [`@opentelemetry/instrumentation-${name}`, { enabled: false }]),
)
new HoneycombSDK({ instrumentations: [getNodeAutoInstrumentations(configs)] }).start()
