import { codeWithout, tableOfAutoInstrumentations } from './auto-instrumentations-node.js'
import { listedInstrumentations, openTelemetryEnv, openTelemetryFlush } from './open-telemetry.js'
import type { Instrumentation, Preset } from '../../types/preset.js'
import { dependencyRoot } from './source-text.js'

const name = '@honeycombio/opentelemetry-node'
const AUTO = '@opentelemetry/auto-instrumentations-node'

/** With the instrumentations that its documentation begins with, in the line that its README names. */
export const honeycombioOpentelemetryNode: Preset = {
  package: name,
  title: 'Honeycomb OpenTelemetry Distribution',
  attach: [{ versions: '>=0.7.0', by: 'start', specifier: 'honeycomb' }],
  env: () => ({
    ISOLATE_LEAK_START_HONEYCOMB: '{agent}',
    ...openTelemetryEnv,
    HONEYCOMB_API_KEY: 'isolate-leak',
    HONEYCOMB_API_ENDPOINT: '{collector}',
    // Without a data set it sends no metrics.
    HONEYCOMB_METRICS_DATASET: 'isolate-leak',
  }),
  flush: () => openTelemetryFlush,
  companions: () => [`${AUTO}@~0.43.0`],
  switches: {
    list,
    off: names => ({ ISOLATE_LEAK_HONEYCOMB_WITHOUT: names.join(',') }),
    code: names => `new HoneycombSDK({ instrumentations: [${codeWithout(names)}] })`,
  },
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  recognise: { env: ['HONEYCOMB_'], paths: [`/node_modules/${name}/`] },
}

function list(root: string): readonly Instrumentation[] {
  const auto = dependencyRoot(root, AUTO)
  if (auto === undefined) return []
  // Its documentation leaves it out.
  return listedInstrumentations(auto, tableOfAutoInstrumentations(auto)).filter(one => one.name !== 'fs')
}
