import { createRequire } from 'node:module'
import { join } from 'node:path'
import { installed } from './install-agents.js'
import { projectPath } from './project-path.js'

/** An agent of the library's own shape, with every variable given. */
export interface RealAgent {
  readonly name: string
  readonly require: string
  readonly env: Readonly<Record<string, string>>
}

const preload = projectPath('test', 'fixtures', 'agents', 'otel-http-preload.cjs')

/** Folder of the express line that every agent here instruments (dd-trace 3.x fails on express 5). */
export const expressFolder = (): Promise<string> => installed(['express@4.18.2'])

/** Both sides of three fixed leaks, and the newest that runs on Node 20. */
export type DdTraceVersion = '3.9.3' | '3.10.0' | '4.21.0' | '4.22.0' | '5.43.0' | '5.45.0' | '5.132.0'

/** dd-trace preloaded as its documentation says, reporting to the backend at `url`. */
export const ddTrace = async (version: DdTraceVersion, url: string): Promise<RealAgent> => {
  const folder = await installed([`dd-trace@${version}`])
  return {
    name: `dd-trace ${version}`,
    require: join(folder, 'node_modules', 'dd-trace', 'init.js'),
    env: {
      DD_TRACE_AGENT_URL: url,
      DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      // 2 s by default; read by 5.x only.
      DD_TRACE_FLUSH_INTERVAL: '500',
    },
  }
}

const telemetry = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_NODE_RESOURCE_DETECTORS: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '500',
})

const sdkOf = { '0.45.1': '1.18.1', '0.46.0': '1.19.0' } as const

/** The http instrumentation alone, wired by hand to the SDK of its time. */
export const otelHttp = async (version: keyof typeof sdkOf, url: string): Promise<RealAgent> => {
  const folder = await installed([
    `@opentelemetry/instrumentation-http@${version}`,
    `@opentelemetry/sdk-trace-node@${sdkOf[version]}`,
    `@opentelemetry/exporter-trace-otlp-http@${version}`,
    '@opentelemetry/api@1.7.0',
  ])
  return { name: `otel-http ${version}`, require: preload, env: { ...telemetry(url), OTEL_FOLDER: folder } }
}

/** Every instrumentation of auto-instrumentations-node, as its documentation says. */
export const otelAuto = async (url: string): Promise<RealAgent> => {
  const folder = await installed([
    '@opentelemetry/auto-instrumentations-node@0.82.0',
    '@opentelemetry/api@1.10.0',
  ])
  const resolve = createRequire(join(folder, 'package.json')).resolve
  return {
    name: 'otel-auto 0.82.0',
    require: resolve('@opentelemetry/auto-instrumentations-node/register'),
    env: telemetry(url),
  }
}
