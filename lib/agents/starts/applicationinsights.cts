import type { LoadAgent } from './load-agent.cjs'

interface ApplicationInsights {
  /** Reads `APPLICATIONINSIGHTS_CONNECTION_STRING`. */
  readonly setup: () => { readonly start: () => unknown }
}

const loadAgent = require('./load-agent.cjs') as LoadAgent

const insights = loadAgent('ISOLATE_LEAK_START_APPLICATIONINSIGHTS') as ApplicationInsights
insights.setup().start()
