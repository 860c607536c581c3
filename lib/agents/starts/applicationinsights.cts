import type * as Modules from 'node:module'
import type * as Path from 'node:path'
import type { LoadAgent } from './load-agent.cjs'

interface ApplicationInsights {
  /** Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
  readonly setup: () => { readonly start: () => unknown }
  readonly defaultClient: { readonly config: { maxBatchIntervalMs: number } }
}

interface AzureDetectors {
  readonly azureVmDetector: { detect: () => unknown }
}

const { createRequire } = require('node:module') as typeof Modules
const path = require('node:path') as typeof Path
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_APPLICATIONINSIGHTS'

/** From 3.x on it asks Azure's metadata service which machine this is, and no setting keeps it from that. */
function askNoMetadataService(folder: string): void {
  const fromAgent = createRequire(path.join(folder, 'package.json'))
  try {
    const fromMonitor = createRequire(fromAgent.resolve('@azure/monitor-opentelemetry'))
    const detectors = fromMonitor('@opentelemetry/resource-detector-azure') as AzureDetectors
    detectors.azureVmDetector.detect = () => ({ attributes: {} })
  } catch (error) {
    // A version without it has nothing that would ask.
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
  }
}

loadAgent(variable, askNoMetadataService)
const insights = loadAgent(variable) as ApplicationInsights
const configuration = insights.setup()
// Before 2.x there is no variable for it.
const batchMs = Number.parseInt(process.env['ISOLATE_LEAK_APPLICATIONINSIGHTS_BATCH_MS'] ?? '', 10)
if (batchMs > 0) insights.defaultClient.config.maxBatchIntervalMs = batchMs
configuration.start()
