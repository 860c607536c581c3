import { isAtLeast } from './is-at-least.js'
import { openTelemetryEnv, openTelemetryFlush, patchedPackages } from './open-telemetry.js'
import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, sourceText } from './source-text.js'

const name = '@splunk/otel'

export const splunkOtel: Preset = {
  package: name,
  title: 'Splunk Distribution of OpenTelemetry',
  attach: [{ versions: '>=0.15.0', by: 'require', specifier: `${name}/instrument` }],
  env: () => openTelemetryEnv,
  flush: () => openTelemetryFlush,
  // Before 2.x it brings no instrumentation.
  companions: version => (isAtLeast(version, '2.0.0') ? [] : ['@opentelemetry/instrumentation-http@^0.28.0']),
  switches: {
    list,
    off: names =>
      Object.fromEntries(names.map(one => [`OTEL_INSTRUMENTATION_${one.toUpperCase()}_ENABLED`, 'false'])),
  },
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  recognise: { env: ['SPLUNK_', 'OTEL_'], paths: [`/node_modules/${name}/`] },
}

/** Short names that are not the end of the instrumentation's package. */
const SUFFIX: Readonly<Record<string, string>> = { oracle: 'oracledb', socketio: 'socket.io' }
/** Instrumentations of its own, or of others. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  elasticsearch: ['@elastic/elasticsearch'],
  fastify: ['fastify'],
  neo4j: ['neo4j-driver'],
  nocode: [],
  sequelize: ['sequelize'],
}

function list(root: string): readonly Instrumentation[] {
  const text = sourceText(root, 'lib/instrumentations/index.js')
  if (!text.includes('OTEL_INSTRUMENTATION_')) return []
  return allMatches(text, /shortName: '(\w+)',\s*\}/g).map(short => {
    const suffix = SUFFIX[short] ?? short.replaceAll('_', '-')
    return { name: short, packages: OWN[short] ?? patchedPackages(root, suffix) }
  })
}
