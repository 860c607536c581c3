import type { AskNoAzureService } from './ask-no-azure-service.cjs'
import type { LoadAgent } from './load-agent.cjs'

interface ApplicationInsights {
  /** Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
  readonly setup: () => { readonly start: () => unknown }
  readonly defaultClient: { readonly config: { maxBatchIntervalMs: number } }
}

const askNoAzureService = require('./ask-no-azure-service.cjs') as AskNoAzureService
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_APPLICATIONINSIGHTS'
loadAgent(variable, askNoAzureService)
const insights = loadAgent(variable) as ApplicationInsights
const configuration = insights.setup()
// Before 2.x there is no variable for it.
const batchMs = Number.parseInt(process.env['ISOLATE_LEAK_APPLICATIONINSIGHTS_BATCH_MS'] ?? '', 10)
if (batchMs > 0) insights.defaultClient.config.maxBatchIntervalMs = batchMs
configuration.start()
