import type * as Path from 'node:path'
import type { LoadAgent } from './load-agent.cjs'

type Configs = Readonly<Record<string, { readonly enabled?: boolean }>>

interface Utils {
  getNodeAutoInstrumentations: (configs?: Configs) => unknown
}

const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

/** Versions before 0.48 know no variable for it: this one makes their own start leave instrumentations out. */
const without = (process.env['ISOLATE_LEAK_OTEL_WITHOUT'] ?? '').split(',').filter(Boolean)
const utils = loadAgent('ISOLATE_LEAK_START_OTEL', folder =>
  require(path.join(folder, 'build', 'src', 'utils.js')),
) as Utils
const all = utils.getNodeAutoInstrumentations
const off = Object.fromEntries(
  without.map(name => [`@opentelemetry/instrumentation-${name}`, { enabled: false }]),
)
utils.getNodeAutoInstrumentations = (configs = {}) => all({ ...configs, ...off })
