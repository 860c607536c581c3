import type * as FileSystem from 'node:fs'
import type * as Modules from 'node:module'
import type * as Path from 'node:path'

interface Detectors {
  readonly azureVmDetector: { detect: () => unknown }
}

interface Configuration {
  readonly ConfigurationManager: { readonly getInstance: () => { initialize: () => void } }
}

const { existsSync } = require('node:fs') as typeof FileSystem
const { createRequire } = require('node:module') as typeof Modules
const path = require('node:path') as typeof Path

/**
 * From 3.x on Application Insights asks Azure's metadata service which machine this is, and later versions ask another service
 * for settings. No variable keeps them from it.
 */
function askNoAzureService(agentFolder: string): void {
  const agent = path.join(agentFolder, 'package.json')
  const monitor = resolveFrom(agent, '@azure/monitor-opentelemetry')
  // The exporter may be there once for both, or once for each.
  const places = monitor === undefined ? [agent] : [agent, monitor]
  for (const place of places) {
    const detectors = resolveFrom(place, '@opentelemetry/resource-detector-azure')
    if (detectors !== undefined) {
      const { azureVmDetector } = require(detectors) as Detectors
      azureVmDetector.detect = () => ({ attributes: {} })
    }
    const exporter = resolveFrom(place, '@azure/monitor-opentelemetry-exporter')
    const settings = path.join(path.dirname(exporter ?? place), '_configuration', 'configurationManager.js')
    if (existsSync(settings)) {
      const { ConfigurationManager } = require(settings) as Configuration
      ConfigurationManager.getInstance().initialize = () => undefined
    }
  }
}

/** `undefined`: this version does not bring it. */
function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

export type AskNoAzureService = typeof askNoAzureService
module.exports = askNoAzureService
