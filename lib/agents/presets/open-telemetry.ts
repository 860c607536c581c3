import type { Flush, Instrumentation } from '../../types/preset.js'
import { allMatches, dependencyRoot, sourceTexts } from './source-text.js'

/** Variables that every agent built on OpenTelemetry's SDK understands. */
export const openTelemetryEnv: Readonly<Record<string, string>> = {
  OTEL_SERVICE_NAME: 'isolate-leak',
  OTEL_EXPORTER_OTLP_ENDPOINT: '{collector}',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  // The others ask the metadata services of clouds.
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
}

export const openTelemetryFlush: Flush = {
  env: {
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_BLRP_SCHEDULE_DELAY: '500',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    // Has to be shorter than the interval.
    OTEL_METRIC_EXPORT_TIMEOUT: '4000',
  },
  text: 'spans and logs every 0.5 s, metrics every 5 s instead of 60 s',
}

/** What cannot be read from the sources: names in constants, and instrumentations that listen to channels of Node. */
const PATCHED: Readonly<Record<string, readonly string[]>> = {
  'aws-lambda': [],
  dataloader: ['dataloader'],
  fastify: ['fastify'],
  fs: [],
  'generic-pool': ['generic-pool'],
  hapi: ['@hapi/hapi'],
  'host-metrics': [],
  knex: ['knex'],
  'nestjs-core': ['@nestjs/core'],
  redis: ['redis', '@redis/client', '@node-redis/client'],
  restify: ['restify'],
  router: ['router'],
  'runtime-node': [],
  tedious: ['tedious'],
  // Also what Node's own fetch does.
  undici: [],
}

const DEFINITION = /InstrumentationNodeModuleDefinition\(\s*(?:'([^']+)'|"([^"]+)")/g

/**
 * The instrumentations that an agent depends on.
 * @param suffixes what follows `@opentelemetry/instrumentation-`
 */
export function openTelemetryInstrumentations(root: string, suffixes: readonly string[]): Instrumentation[] {
  return suffixes.map(name => ({ name, packages: patchedPackages(root, name) }))
}

/**
 * The instrumentations that a table of an agent's source lists, without those that it leaves out unless asked for.
 * @param text the source: `'@opentelemetry/instrumentation-http': …`, and `…xcludedInstrumentations = […]`
 */
export function listedInstrumentations(root: string, text: string): readonly Instrumentation[] {
  const excluded = /xcludedInstrumentations = (?:new Set\()?\[([^\]]*)\]/.exec(text)?.[1] ?? ''
  const off = allMatches(excluded, /["']@opentelemetry\/instrumentation-([\w.-]+)["']/g)
  const suffixes = allMatches(text, /["']@opentelemetry\/instrumentation-([\w.-]+)["']:/g)
  return openTelemetryInstrumentations(
    root,
    suffixes.filter(suffix => !off.includes(suffix)),
  )
}

/** What `@opentelemetry/instrumentation-SUFFIX` patches. */
export function patchedPackages(root: string, suffix: string): readonly string[] {
  const known = PATCHED[suffix]
  if (known !== undefined) return known
  const folder = dependencyRoot(root, `@opentelemetry/instrumentation-${suffix}`)
  const texts =
    folder === undefined ? [] : [...sourceTexts(folder, 'build', 'src'), ...sourceTexts(folder, 'dist')]
  const found = allMatches(texts.join('\n'), DEFINITION)
  return found.length === 0 ? [suffix] : found
}
