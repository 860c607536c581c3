import { isAtLeast } from './is-at-least.js'
import { openTelemetryEnv, openTelemetryFlush } from './open-telemetry.js'
import type { Preset } from './preset.js'

const name = '@opentelemetry/sdk-node'

/** The SDK with the http instrumentation and no other, as its documentation begins. */
export const sdkNode: Preset = {
  package: name,
  title: 'OpenTelemetry SDK for Node.js',
  attach: [{ versions: '>=0.27.0', by: 'start', specifier: 'sdk-node' }],
  env: () => ({ ISOLATE_LEAK_START_SDK_NODE: '{agent}', ...openTelemetryEnv }),
  flush: () => openTelemetryFlush,
  companions: version => [
    `@opentelemetry/instrumentation-http@${version}`,
    `@opentelemetry/api@${apiFor(version)}`,
  ],
  switches: null,
  proof: { protocol: 'otlp', entries: true },
  recognise: { env: ['OTEL_'], paths: [`/node_modules/${name}/`] },
}

/** Each line takes the API up to the one of its time. */
function apiFor(version: string): string {
  if (isAtLeast(version, '0.300.0')) return '^1.10.0'
  if (isAtLeast(version, '0.52.0')) return '>=1.3.0 <1.10.0'
  return isAtLeast(version, '0.36.0') ? '>=1.3.0 <1.5.0' : '>=1.0.0 <1.4.0'
}
