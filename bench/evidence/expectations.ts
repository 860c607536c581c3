/** What the evidence of a case must name, in any of its lines. */
export interface Expectation {
  readonly pattern: RegExp
  readonly names: readonly RegExp[]
  /** Of the experiment, where what leaks takes long to show. */
  readonly operations?: number
}

/** The real leaks, by what their issues and fixes say holds the memory. */
const realLeaks: readonly Expectation[] = [
  { pattern: /^dd-httpexit/, names: [/WeakMap|weak/i, /span/i, /dd-trace/] },
  { pattern: /^dd-settimeout/, names: [/setTimeout|Socket/, /dd-trace/] },
  { pattern: /^dd-runtime-metrics/, names: [/Map/, /dd-trace/] },
  { pattern: /^otel-http-unresumed/, names: [/ClientRequest|Agent|requests/, /instrumentation-http/] },
  { pattern: /^otel-2readers/, names: [/ccumulation|unreported/i, /sdk-metrics/] },
  { pattern: /^sentry-localvars/, names: [/inspector|Global handles|debugger/i] },
  { pattern: /^nr-promise-flag/, names: [/segment|Map/i, /newrelic/] },
  { pattern: /^elastic-runctx/, names: [/RunContext|Transaction/, /elastic-apm-node/] },
  { pattern: /^winston-http/, names: [/ClientRequest|Socket|socket/, /winston/] },
  { pattern: /^winston-shared/, names: [/listener|_events|Array/i, /winston/] },
  { pattern: /^prom-url-labels/, names: [/hashMap|labels|Object/, /prom-client/] },
]

/** What must be named of a case; of a made-up one the file that it is written in. `null`: nothing is known. */
export const expectationOf = (id: string): Expectation | null => {
  const madeUp = /^made-up\/(.*?)(?:-on-leaking)?$/.exec(id)?.[1]
  if (madeUp !== undefined) {
    // Worker threads of code that was handed over as text have no file.
    const names = [madeUp.startsWith('thread') ? /worker \[eval\]/ : new RegExp(`${madeUp}\\.cjs`)]
    // Those that are idle grow by the second.
    return { pattern: /^/, names, ...(/-(?:tick|second)$/.test(madeUp) ? { operations: 24 } : {}) }
  }
  return realLeaks.find(({ pattern }) => pattern.test(id)) ?? null
}
