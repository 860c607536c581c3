import { fileURLToPath } from 'node:url'
import { EXIT } from '../exit-status.js'
import { TIMING } from '../../options/timing.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import type { IsolationReport } from '../../types/index.js'
import { http } from '../../trial/workload/http.js'

const ORDERS = 1000
/** The cache of the demo is full after fewer than a quarter of them, from where on growth counts. */
const OPERATIONS = 2560
/** The agents of the demo flush what they hold after 50 requests: no reading has to wait for that. */
const TIMES = { intervalMs: 100, watchMs: 0 }
const RETENTION_MS = 2000
/** With such short waits, more at a time would only take turns. */
const CONCURRENCY = 3

/** Printed before the demo. */
export const DEMO_INTRO = `A small order service, and three agents that are preloaded into it:
  tracer  a span for every request, sent in batches
  cache   the last 400 answers; the heap grows by megabytes until it is full
  audit   a log of who asked for what
One of them leaks. The service is launched again and again, without agents, with
each one alone and with all of them together, and gets the same requests every
time. This takes about half a minute and uses no network.

`

/** Printed after the demo. */
export const DEMO_AFTER = `
To try it on your own service, write leak.config.mjs:

  import { http } from 'isolate-leak'
  export default {
    entry: './server.js',
    agents: ['dd-trace/init'],
    workload: http({ path: '/orders/42' }),
  }

and run: npx isolate-leak run leak.config.mjs
`

/** Options of the demo: quick effort, few operations and short waits. */
export function demoOptions(): IsolateLeakOptions {
  const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  return {
    entry: { file: file('./server.js'), cwd: file('.') },
    agents: ['tracer', 'cache', 'audit'].map(name => ({ name, require: file(`./agents/${name}.cjs`) })),
    workload: http({ path: (index: number) => `/orders/${String(index % ORDERS)}` }),
    effort: 'quick',
    operations: OPERATIONS,
    concurrency: CONCURRENCY,
    retentionMs: RETENTION_MS,
    [TIMING]: TIMES,
  }
}

/** Exit status of the demo: 0 when it names the agent that leaks and no other, else 3, inconclusive as ever 2. */
export function demoStatus({ verdict, culprits }: IsolationReport): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return culprits.flatMap(({ agents }) => agents).join() === 'audit' && culprits.length === 1
    ? EXIT.clean
    : EXIT.failed
}
