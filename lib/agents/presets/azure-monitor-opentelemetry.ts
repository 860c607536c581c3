import type { Instrumentation, Preset } from '../../types/preset.js'

const name = '@azure/monitor-opentelemetry'
const KEY = 'InstrumentationKey=00000000-0000-0000-0000-000000000000'

/** A connection string whose every address is this one. */
export function azureConnection(address: string): string {
  return `${KEY};IngestionEndpoint=${address};LiveEndpoint=${address}`
}

/** It takes https only. */
export const azureMonitorEnv: Readonly<Record<string, string>> = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: azureConnection('{collector.https}'),
  NODE_EXTRA_CA_CERTS: '{collector.ca}',
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED: 'true',
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
  APPLICATIONINSIGHTS_CONFIGURATION_CONTENT: configuration(),
  // Else it keeps five traces a second.
  OTEL_TRACES_SAMPLER: 'always_on',
}

export const azureMonitorOpentelemetry: Preset = {
  package: name,
  title: 'Azure Monitor OpenTelemetry',
  attach: [{ versions: '>=1.0.0', by: 'start', specifier: 'azure-monitor' }],
  env: () => ({ ISOLATE_LEAK_START_AZURE_MONITOR: '{agent}', ...azureMonitorEnv }),
  flush: () => ({ env: { OTEL_BSP_SCHEDULE_DELAY: '500' }, text: 'spans every 0.5 s instead of 5 s' }),
  switches: {
    list,
    off: names => ({ APPLICATIONINSIGHTS_CONFIGURATION_CONTENT: configuration(without(names)) }),
  },
  proof: { protocol: 'applicationinsights', entries: true, withinMs: 1_500 },
  node: [{ versions: '>=1.20.0', node: '>=22', otherwise: 'is not tested by its maintainers' }],
  recognise: { env: ['APPLICATIONINSIGHTS_'], paths: [`/node_modules/${name}/`] },
}

/** The variable holds all settings that have none of their own. The first is Application Insights' name of the second. */
function configuration(instrumentationOptions?: Readonly<Record<string, object>>): string {
  return JSON.stringify({ enableSendLiveMetrics: false, enableLiveMetrics: false, instrumentationOptions })
}

/** Those that are on unless they are switched off. */
const PATCHED: Readonly<Record<string, readonly string[]>> = {
  http: ['http', 'https'],
  azureSdk: ['@azure/core-tracing'],
  mongoDb: ['mongodb'],
  mySql: ['mysql'],
  postgreSql: ['pg', 'pg-pool'],
  redis: ['redis', '@redis/client', '@node-redis/client'],
}

function list(): readonly Instrumentation[] {
  return Object.entries(PATCHED).map(([switched, packages]) => ({ name: switched, packages }))
}

/** One instrumentation has two switches, either of which keeps it on. */
function without(names: readonly string[]): Record<string, object> {
  const switched = names.flatMap(one => (one === 'redis' ? ['redis', 'redis4'] : [one]))
  return Object.fromEntries(switched.map(one => [one, { enabled: false }]))
}
