import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, sourceTexts } from './source-text.js'

const name = '@lumigo/opentelemetry'

export const lumigoOpentelemetry: Preset = {
  package: name,
  title: 'Lumigo OpenTelemetry',
  attach: [{ versions: '>=1.0.0', by: 'require', specifier: name }],
  env: () => ({
    OTEL_SERVICE_NAME: 'isolate-leak',
    LUMIGO_TRACER_TOKEN: 't_isolateleak',
    LUMIGO_ENDPOINT: '{collector}/v1/traces',
    LUMIGO_LOGS_ENDPOINT: '{collector}/v1/logs',
    // Else it tells the service itself which packages are installed, whatever the endpoint.
    LUMIGO_REPORT_DEPENDENCIES: 'false',
  }),
  flush: () => ({
    env: { OTEL_BSP_SCHEDULE_DELAY: '500', OTEL_BLRP_SCHEDULE_DELAY: '500' },
    text: 'spans and logs every 0.5 s',
  }),
  switches: {
    list,
    off: names =>
      Object.fromEntries(names.map(one => [`LUMIGO_DISABLE_${one.toUpperCase()}_INSTRUMENTATION`, 'true'])),
  },
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  node: [
    { versions: '>=1.53.0', node: '>=20', otherwise: 'says that this Node is too old and does nothing' },
  ],
  recognise: { env: ['LUMIGO_'], paths: [`/node_modules/${name}/`] },
}

/** The few that have a switch, where the package is not the switch's name. */
const PATCHED: Readonly<Record<string, readonly string[]>> = {
  nest: ['@nestjs/core'],
  redis: ['redis', '@redis/client'],
}

function list(root: string): readonly Instrumentation[] {
  const text = sourceTexts(root, 'dist', 'src', 'instrumentations').join('\n')
  return allMatches(text, /\bLUMIGO_DISABLE_(\w+)_INSTRUMENTATION\b/g).map(found => {
    const switched = found.toLowerCase()
    return { name: switched, packages: PATCHED[switched] ?? [switched] }
  })
}
