import type { Instrumentation, Preset } from '../../types/preset.js'
import { openTelemetryInstrumentations } from './open-telemetry.js'
import { allMatches, sourceText } from './source-text.js'

const name = '@appsignal/nodejs'
const PREFIX = '@opentelemetry/instrumentation-'

/**
 * Its native extension and the agent beside the application are downloaded by its install script: without them it says so
 * and does nothing. What that agent sends is the vendor's own format.
 */
export const appsignalNodejs: Preset = {
  package: name,
  title: 'AppSignal',
  attach: [{ versions: '>=3.0.0', by: 'start', specifier: 'appsignal' }],
  env: () => ({
    ISOLATE_LEAK_START_APPSIGNAL: '{agent}',
    APPSIGNAL_ACTIVE: 'true',
    APPSIGNAL_APP_NAME: 'isolate-leak',
    APPSIGNAL_APP_ENV: 'isolate-leak',
    APPSIGNAL_PUSH_API_KEY: '00000000-0000-0000-0000-000000000000',
    APPSIGNAL_PUSH_API_ENDPOINT: '{collector}',
    APPSIGNAL_LOGGING_ENDPOINT: '{collector}',
    APPSIGNAL_LOG: 'stdout',
    APPSIGNAL_ENABLE_HOST_METRICS: 'false',
    APPSIGNAL_SEND_ENVIRONMENT_METADATA: 'false',
  }),
  flush: () => null,
  switches: {
    list,
    off: names => ({
      APPSIGNAL_DISABLE_DEFAULT_INSTRUMENTATIONS: names.map(one => `${PREFIX}${one}`).join(','),
    }),
  },
  proof: { protocol: 'appsignal', entries: false },
  recognise: { env: ['APPSIGNAL_', '_APPSIGNAL_'], paths: [`/node_modules/${name}/`] },
}

function list(root: string): readonly Instrumentation[] {
  const table = /DefaultInstrumentations = \{(?<entries>[^}]*)\}/.exec(sourceText(root, 'dist/client.js'))
  return openTelemetryInstrumentations(
    root,
    allMatches(table?.groups?.['entries'] ?? '', /"@opentelemetry\/instrumentation-([\w.-]+)":/g),
  )
}
