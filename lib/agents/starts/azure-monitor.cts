import type { AskNoAzureService } from './ask-no-azure-service.cjs'
import type { LoadAgent } from './load-agent.cjs'

interface AzureMonitor {
  /** Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
  readonly useAzureMonitor: () => void
}

const askNoAzureService = require('./ask-no-azure-service.cjs') as AskNoAzureService
const loadAgent = require('./load-agent.cjs') as LoadAgent

const variable = 'ISOLATE_LEAK_START_AZURE_MONITOR'
loadAgent(variable, askNoAzureService)
const { useAzureMonitor } = loadAgent(variable) as AzureMonitor
useAzureMonitor()
