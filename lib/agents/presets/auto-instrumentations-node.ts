import { isAtLeast } from './is-at-least.js'
import { openTelemetryEnv, openTelemetryFlush, openTelemetryInstrumentations } from './open-telemetry.js'
import type { Instrumentation, Preset } from './preset.js'
import { allMatches, sourceText } from './source-text.js'

const name = '@opentelemetry/auto-instrumentations-node'

export const autoInstrumentationsNode: Preset = {
  package: name,
  title: 'OpenTelemetry auto-instrumentations',
  attach: [{ versions: '>=0.37.0', by: 'require', specifier: `${name}/register` }],
  env: () => openTelemetryEnv,
  flush: () => openTelemetryFlush,
  companions: version => (isAtLeast(version, '0.82.0') ? ['@opentelemetry/api@^1.10.0'] : []),
  switches: {
    list,
    off: names => ({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: names.join(',') }),
  },
  proof: { protocol: 'otlp', entries: true },
  recognise: { env: ['OTEL_'], paths: [`/node_modules/${name}/`] },
}

function list(root: string): readonly Instrumentation[] {
  const text = ['build/src/utils.js', 'dist/utils.cjs'].map(file => sourceText(root, file)).join('\n')
  // Older versions cannot switch one off.
  if (!text.includes('OTEL_NODE_DISABLED_INSTRUMENTATIONS')) return []
  const excluded = /defaultExcludedInstrumentations = \[([^\]]*)\]/.exec(text)?.[1] ?? ''
  const suffixes = allMatches(text, /["']@opentelemetry\/instrumentation-([\w.-]+)["']:/g)
  const off = allMatches(excluded, /["']@opentelemetry\/instrumentation-([\w.-]+)["']/g)
  return openTelemetryInstrumentations(
    root,
    suffixes.filter(suffix => !off.includes(suffix)),
  )
}
