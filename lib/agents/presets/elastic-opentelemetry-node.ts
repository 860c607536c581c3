import { listedInstrumentations, openTelemetryEnv, openTelemetryFlush } from './open-telemetry.js'
import type { Preset } from '../../types/preset.js'
import { sourceText } from './source-text.js'

const name = '@elastic/opentelemetry-node'

export const elasticOpentelemetryNode: Preset = {
  package: name,
  title: 'Elastic Distribution of OpenTelemetry',
  attach: [{ versions: '>=1.0.0', by: 'import', specifier: name }],
  env: () => ({
    ...openTelemetryEnv,
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process,serviceinstance',
    // Central configuration; off when empty.
    ELASTIC_OTEL_OPAMP_ENDPOINT: '',
  }),
  flush: () => openTelemetryFlush,
  switches: {
    list: root => listedInstrumentations(root, sourceText(root, 'lib/instrumentations.js')),
    off: names => ({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: names.join(',') }),
  },
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  recognise: { env: ['ELASTIC_OTEL_', 'OTEL_'], paths: [`/node_modules/${name}/`] },
}
