import { IsolateLeakError } from '../../errors.js'

/** Options of autocannon that reach it as they are given. */
export const PASSED_THROUGH = [
  'pipelining',
  'reconnectRate',
  'idReplacement',
  'servername',
  'tlsOptions',
] as const

const COUNT = 'each round performs an exact number of operations; set operations of isolateLeak() instead'
const PACED =
  'requests are sent as fast as they are answered; for a pace of your own write a workload function'
const ELSEWHERE = 'requests are sent from another process, where functions of yours do not exist'
const ADDRESS = 'the address is that of the application, which is launched on a port of its own'
const OUTPUT = 'what autocannon prints and computes is not used'

const REFUSED: Readonly<Record<string, string>> = {
  amount: COUNT,
  duration: COUNT,
  forever: COUNT,
  maxConnectionRequests: COUNT,
  maxOverallRequests: COUNT,
  bailout: `${COUNT}, and maxFailureRate for how many may fail`,
  warmup: 'the first quarter of every trial is not judged, that is the warm-up',
  workers: 'each worker thread would perform the whole number of operations',
  overallRate: PACED,
  connectionRate: PACED,
  ignoreCoordinatedOmission: PACED,
  setupClient: ELSEWHERE,
  verifyBody: `${ELSEWHERE}; check answers in a workload function`,
  expectBody: 'answers are counted by status; check bodies in a workload function',
  initialContext: ELSEWHERE,
  url: ADDRESS,
  socketPath: ADDRESS,
  har: 'give the requests as requests',
  form: 'give the encoded form as body, with its content-type header',
  title: OUTPUT,
  json: OUTPUT,
  debug: OUTPUT,
  sampleInt: OUTPUT,
  excludeErrorStats: OUTPUT,
  skipAggregateResult: OUTPUT,
  renderProgressBar: OUTPUT,
  renderResultsTable: OUTPUT,
  renderLatencyTable: OUTPUT,
}

/**
 * Refuses, with a reason, options of autocannon that do not fit an exact number of requests sent from another process.
 * @throws IsolateLeakError `ERR_OPTION_UNSUPPORTED`
 */
export function refuseAutocannonOptions(given: Readonly<Record<string, unknown>>): void {
  for (const [name, reason] of Object.entries(REFUSED)) {
    if (given[name] !== undefined) throw refused(name, reason)
  }
  if (given.pipelining !== undefined && given.pipelining !== 1) {
    throw refused(
      'pipelining other than 1',
      'autocannon closes a connection while its last pipelined requests are unanswered, so they cannot be counted',
    )
  }
}

function refused(what: string, reason: string): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_UNSUPPORTED', `http(): ${what} is not supported: ${reason}`)
}
