import type { LoadAgent } from './load-agent.cjs'

interface Pyroscope {
  /** Reads `PYROSCOPE_` variables where it is told nothing. */
  readonly init: (options: object) => void
  readonly start: () => void
}

const loadAgent = require('./load-agent.cjs') as LoadAgent

const pyroscope = loadAgent('ISOLATE_LEAK_START_PYROSCOPE') as Pyroscope
pyroscope.init({})
pyroscope.start()
