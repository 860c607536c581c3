import { azureConnection, azureMonitorEnv } from './azure-monitor-opentelemetry.js'
import { isAtLeast } from './is-at-least.js'
import type { Instrumentation, Preset } from '../../types/preset.js'

/** From 3.x on a wrapper of Azure Monitor's OpenTelemetry. */
export const applicationinsights: Preset = {
  package: 'applicationinsights',
  title: 'Azure Application Insights',
  attach: [{ versions: '>=1.0.0', by: 'start', specifier: 'applicationinsights' }],
  env: version => ({
    ISOLATE_LEAK_START_APPLICATIONINSIGHTS: '{agent}',
    ...(isAtLeast(version, '3.0.0') ? azureMonitorEnv : alone),
  }),
  flush: version =>
    isAtLeast(version, '3.0.0')
      ? { env: { OTEL_BSP_SCHEDULE_DELAY: '500' }, text: 'spans every 0.5 s instead of 5 s' }
      : isAtLeast(version, '2.0.0')
        ? {
            env: { APPLICATIONINSIGHTS_CONFIGURATION_CONTENT: '{"maxBatchIntervalMs":1000}' },
            text: 'telemetry every 1 s instead of 15 s',
          }
        : {
            env: { ISOLATE_LEAK_APPLICATIONINSIGHTS_BATCH_MS: '1000' },
            text: 'telemetry every 1 s instead of 15 s',
          },
  switches: {
    list,
    off: names => ({ APPLICATION_INSIGHTS_NO_PATCH_MODULES: names.join(',') }),
  },
  proof: { protocol: 'applicationinsights', entries: true, withinMs: 1_500 },
  node: [{ versions: '>=3.17.0', node: '>=22', otherwise: 'is not tested by its maintainers' }],
  recognise: {
    env: ['APPLICATIONINSIGHTS_', 'APPLICATION_INSIGHTS_', 'APPINSIGHTS_'],
    paths: ['/node_modules/applicationinsights/'],
  },
}

const alone = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: azureConnection('{collector}'),
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
}

const MODULES = [
  'bunyan',
  'console',
  'mongodb',
  'mongodb-core',
  'mysql',
  'pg',
  'pg-pool',
  'redis',
  'tedious',
  'winston',
]

/** The names are the same in all lines; requests and dependencies over http cannot be switched off like this. */
function list(): readonly Instrumentation[] {
  return MODULES.map(name => ({ name, packages: name === 'console' ? [] : [name] }))
}
