import type { LoadAgent } from './load-agent.cjs'

interface AppSignal {
  /** Reads its options from `APPSIGNAL_` variables. */
  readonly Appsignal: new (options: object) => unknown
}

const loadAgent = require('./load-agent.cjs') as LoadAgent

const { Appsignal } = loadAgent('ISOLATE_LEAK_START_APPSIGNAL') as AppSignal
new Appsignal({})
