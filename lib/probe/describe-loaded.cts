import type { ModuleCache, ReceivedOptions } from './main-thread.cjs'
import type { Loaded } from './protocol.cjs'
import type { SharedLibraries } from './shared-libraries.cjs'
import type * as Fs from 'node:fs'
import type * as Module from 'node:module'
import type * as Path from 'node:path'

const { injectedLibraries, foreignLibraries } = require('./shared-libraries.cjs') as SharedLibraries
const fs = require('node:fs') as typeof Fs
const { createRequire } = require('node:module') as typeof Module
const path = require('node:path') as typeof Path

/** Puts together what was really loaded into the application. */
function describeLoaded(modules: ModuleCache, received: ReceivedOptions): Loaded {
  const injected = injectedLibraries(received.ldPreload)
  return {
    nodeVersion: process.versions.node,
    bufferPoolBytes: Buffer.poolSize,
    execPath: process.execPath,
    execArgv: received.execArgv,
    nodeOptions: received.nodeOptions,
    preloaded: modules.preloaded,
    libraries: foreignLibraries(injected),
    injected,
    agents: findAgents(modules, received.entry),
  }
}

type Agent = Loaded['agents'][number]

const packages: ReadonlySet<string> = new Set([
  '@appsignal/nodejs',
  '@azure/monitor-opentelemetry',
  '@dynatrace/oneagent',
  '@elastic/opentelemetry-node',
  '@honeycombio/opentelemetry-node',
  '@instana/collector',
  '@instana/core',
  '@lumigo/opentelemetry',
  '@opentelemetry/auto-instrumentations-node',
  '@opentelemetry/instrumentation',
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace-node',
  '@pyroscope/nodejs',
  '@sentry/node',
  '@splunk/otel',
  'applicationinsights',
  'aws-xray-sdk-core',
  'dd-trace',
  'elastic-apm-node',
  'newrelic',
  'skywalking-backend-js',
])
/** Agents that fill the global registry of OpenTelemetry's API: what is in it is theirs. */
const registersOpenTelemetry = /opentelemetry|sentry|splunk|applicationinsights|appsignal/
const families = ['@opentelemetry/instrumentation-']
/** File that Dynatrace's native library loads into the application. */
const dynatraceFile = 'nodejsagent.js'

/** Packages of known agents among the loaded CommonJS files, each once. `entry` is the application's script. */
function findAgents(modules: ModuleCache, entry: string): Agent[] {
  const agents = new Map<string, Agent>()
  const folders = new Map<string, Agent | null>()
  for (const file of modules.files) {
    const owner = packageOf(path.dirname(file), folders)
    const by = modules.requiredBy[file]
    const known = owner === null ? undefined : agents.get(owner.path)
    if (owner !== null && isKnown(owner.name) && known?.requiredBy === undefined) {
      agents.set(owner.path, by === undefined ? owner : { ...owner, requiredBy: by })
    }
    if (path.basename(file) === dynatraceFile) {
      agents.set(file, { name: '@dynatrace/oneagent', version: owner?.version ?? '', path: file })
    }
  }
  const found = [...agents.values()]
  const { sentryVersion, openTelemetryVersion } = modules
  if (sentryVersion !== null && !found.some(agent => agent.name === '@sentry/node'))
    found.push(sentryOf(sentryVersion, entry, folders))
  if (openTelemetryVersion !== null && !found.some(({ name }) => registersOpenTelemetry.test(name)))
    found.push({ name: '@opentelemetry/api', version: openTelemetryVersion, path: '' })
  return found
}

/** A Sentry SDK that is loaded as ECMAScript: its path is known only where the entry would resolve the same version. */
function sentryOf(version: string, entry: string, folders: Map<string, Agent | null>): Agent {
  const name = '@sentry/node'
  try {
    const file = createRequire(path.resolve(entry)).resolve(name)
    const owner = packageOf(path.dirname(file), folders)
    if (owner?.version === version) return owner
  } catch {
    // Installed elsewhere than the entry looks.
  }
  return { name, version, path: '' }
}

function isKnown(name: string): boolean {
  return packages.has(name) || families.some(family => name.startsWith(family))
}

/** The nearest package above a folder. `seen` keeps what was found. */
function packageOf(folder: string, seen: Map<string, Agent | null>): Agent | null {
  const known = seen.get(folder)
  if (known !== undefined) return known
  const above = path.dirname(folder)
  const owner = readPackage(folder) ?? (above === folder ? null : packageOf(above, seen))
  seen.set(folder, owner)
  return owner
}

/** `null` without a package.json, or with one that only sets the module type of a folder. */
function readPackage(folder: string): Agent | null {
  try {
    const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8')
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown }
    if (typeof name !== 'string') return null
    return { name, version: typeof version === 'string' ? version : '', path: folder }
  } catch {
    // None here, or not JSON: then the loader could not have used it either.
    return null
  }
}

export type DescribeLoaded = typeof describeLoaded
module.exports = describeLoaded
