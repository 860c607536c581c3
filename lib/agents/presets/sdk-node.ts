import { isAtLeast } from './is-at-least.js'
import { openTelemetryEnv, openTelemetryFlush } from './open-telemetry.js'
import type { Preset } from '../../types/preset.js'

const name = '@opentelemetry/sdk-node'

/** The SDK with the http instrumentation and no other, as its documentation begins. */
export const sdkNode: Preset = {
  package: name,
  title: 'OpenTelemetry SDK for Node.js',
  attach: [{ versions: '>=0.27.0', by: 'start', specifier: 'sdk-node' }],
  env: () => ({ ISOLATE_LEAK_START_SDK_NODE: '{agent}', ...openTelemetryEnv }),
  flush: () => openTelemetryFlush,
  // Both are published together, each line for an API of its time.
  companions: version => [
    `@opentelemetry/instrumentation-http@${version}`,
    ...(isAtLeast(version, '0.300.0') ? ['@opentelemetry/api@^1.10.0'] : []),
  ],
  switches: null,
  proof: { protocol: 'otlp', entries: true, withinMs: 1_000 },
  recognise: { env: ['OTEL_'], paths: [`/node_modules/${name}/`] },
}
