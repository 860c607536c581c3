/** Loaded into a Worker of the application from the inspector: gives {@link ThreadCounters}. */
import type { CreateCounters } from './counters.cjs'
import type { ThreadCounters } from './main-thread.cjs'

const createCounters = require('./counters.cjs') as CreateCounters

/** Calls after which V8 has allocated what it keeps about the probe's functions: later it would be seen in the heap. */
const warmUpCalls = 400

function watchThread(): ThreadCounters {
  const counters = createCounters(0)
  for (let call = 0; call < warmUpCalls; call++) counters.counts()
  for (const file of [__filename, require.resolve('./counters.cjs')])
    Reflect.deleteProperty(require.cache, file)
  return Object.freeze(counters)
}

module.exports = watchThread()
