import { isAtLeast } from './is-at-least.js'
import { listedInstrumentations, openTelemetryEnv, openTelemetryFlush } from './open-telemetry.js'
import type { Preset } from '../../types/preset.js'
import { sourceText } from './source-text.js'

const name = '@opentelemetry/auto-instrumentations-node'

export const autoInstrumentationsNode: Preset = {
  package: name,
  title: 'OpenTelemetry auto-instrumentations',
  attach: [{ versions: '>=0.37.0', by: 'require', specifier: `${name}/register` }],
  env: () => openTelemetryEnv,
  flush: () => openTelemetryFlush,
  companions: version => (isAtLeast(version, '0.82.0') ? ['@opentelemetry/api@^1.10.0'] : []),
  switches: {
    list: root => listedInstrumentations(root, tableOfAutoInstrumentations(root)),
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

/** The call that leaves instrumentations out, as it stands in code. */
export function codeWithout(names: readonly string[]): string {
  const configs = names.map(name => `'@opentelemetry/instrumentation-${name}': { enabled: false }`)
  return `getNodeAutoInstrumentations({ ${configs.join(', ')} })`
}

/** The source of `getNodeAutoInstrumentations`, wherever a version has it. */
export function tableOfAutoInstrumentations(root: string): string {
  return ['build/src/utils.js', 'dist/utils.cjs'].map(file => sourceText(root, file)).join('\n')
}
