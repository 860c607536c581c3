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
    off: (names, version) =>
      hasVariable(version)
        ? { OTEL_NODE_DISABLED_INSTRUMENTATIONS: names.join(',') }
        : { ISOLATE_LEAK_START_OTEL: '{agent}', ISOLATE_LEAK_OTEL_WITHOUT: names.join(',') },
    start: version => (hasVariable(version) ? undefined : 'auto-instrumentations'),
    code: (names, version) => (hasVariable(version) ? undefined : codeWithout(names)),
  },
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  recognise: { env: ['OTEL_'], paths: [`/node_modules/${name}/`] },
}

/** Older ones are switched by code alone. */
function hasVariable(version: string): boolean {
  return isAtLeast(version, '0.48.0')
}

function codeWithout(names: readonly string[]): string {
  const configs = names.map(name => `'@opentelemetry/instrumentation-${name}': { enabled: false }`)
  return `getNodeAutoInstrumentations({ ${configs.join(', ')} })`
}

function list(root: string): readonly Instrumentation[] {
  const text = ['build/src/utils.js', 'dist/utils.cjs'].map(file => sourceText(root, file)).join('\n')
  const excluded = /defaultExcludedInstrumentations = \[([^\]]*)\]/.exec(text)?.[1] ?? ''
  const suffixes = allMatches(text, /["']@opentelemetry\/instrumentation-([\w.-]+)["']:/g)
  const off = allMatches(excluded, /["']@opentelemetry\/instrumentation-([\w.-]+)["']/g)
  return openTelemetryInstrumentations(
    root,
    suffixes.filter(suffix => !off.includes(suffix)),
  )
}
