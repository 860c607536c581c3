import { isDeepStrictEqual } from 'node:util'
import { checkName, checkText } from '../../options/check/check-text.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkNumber, MAX_TIMER_MS } from '../../options/check/check-number.js'
import { checkObject, showValue, invalidOption } from '../../options/check/check-object.js'
import { describeHttp, checkHeaders, checkMethod, checkPath, checkRequest } from './http-plan.js'
import { checkExpectStatus } from './answer-counts.js'
import type { HttpOptions, HttpWorkload } from '../../types/workload.js'

const OPTIONS = [
  'path',
  'requests',
  'method',
  'headers',
  'body',
  'connections',
  'timeoutMs',
  'reconnectRate',
  'idReplacement',
  'http2',
  'socketPath',
  'servername',
  'tlsOptions',
  'expectStatus',
  'maxFailureRate',
]

const COUNT = 'each round performs an exact number of operations; set operations of isolateLeak() instead'
const PACED =
  'requests are sent as fast as they are answered; for a pace of your own write a workload function'
const ELSEWHERE = 'requests are sent from another process, where functions of yours do not exist'

/** Options that load generators have, and why there is none of that name. */
const OF_LOAD_GENERATORS: Readonly<Record<string, string>> = {
  timeout: 'write timeoutMs, in milliseconds: timeout: 2 is timeoutMs: 2000',
  amount: COUNT,
  duration: COUNT,
  forever: COUNT,
  maxConnectionRequests: COUNT,
  maxOverallRequests: COUNT,
  bailout: `${COUNT}, and maxFailureRate for how many may fail`,
  workers: 'each worker thread would perform the whole number of operations',
  overallRate: PACED,
  connectionRate: PACED,
  pipelining: 'each connection has one request outstanding at a time; more are sent by more connections',
  setupClient: ELSEWHERE,
  url: 'the address is that of the application, which is launched on a port of its own',
}

/**
 * A workload of HTTP requests. They are sent from a process of its own, exactly one request per operation, over at most
 * `connections` connections that stay open for the whole trial, as behind a load balancer: an agent may hold every request of a
 * connection until it is closed. Without options: `GET /`.
 *
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for an option that is unknown or of the wrong type,
 * `ERR_OPTION_UNSUPPORTED` for one of other load generators that would break the exact count
 */
export function http(options: HttpOptions = {}): HttpWorkload {
  const given = checkObject('http(): options', options)
  checkNames('http()', given, OPTIONS, OF_LOAD_GENERATORS)
  const checked = Object.freeze(checkHttpOptions(given))
  return Object.freeze({ kind: 'http', description: describeHttp(checked), options: checked })
}

type Checks = { readonly [Name in keyof HttpOptions]-?: (value: unknown, name: string) => HttpOptions[Name] }

const CHECKS: Checks = {
  path: checkPaths,
  requests: checkRequests,
  method: (value, name) => checkMethod(name, value),
  headers: (value, name) => checkHeaders(name, value),
  body: (value, name) => checkText(name, value),
  connections: (value, name) => checkNumber(name, value, { min: 1, max: 10_000, integer: true }),
  timeoutMs: (value, name) => checkNumber(name, value, { min: 1, max: MAX_TIMER_MS }),
  reconnectRate: (value, name) => checkNumber(name, value, { min: 1, integer: true }),
  idReplacement: checkFlag,
  http2: checkFlag,
  socketPath: (value, name) => checkName(name, value),
  servername: (value, name) => checkText(name, value),
  tlsOptions: (value, name) => checkTlsOptions(name, checkObject(name, value)),
  expectStatus: checkExpectStatus,
  maxFailureRate: (value, name) => checkNumber(name, value, { min: 0, max: 1 }),
}

function checkHttpOptions(given: Readonly<Record<string, unknown>>): HttpOptions {
  if (given.path !== undefined && given.requests !== undefined) {
    throw invalidOption('http(): give path or requests, not both: a request has a path of its own')
  }
  return Object.fromEntries(
    Object.entries(CHECKS)
      .filter(([name]) => given[name] !== undefined)
      .map(([name, check]) => [name, check(given[name], `http(): ${name}`)]),
  )
}

function checkPaths(path: unknown): NonNullable<HttpOptions['path']> {
  if (typeof path === 'function') return path as (index: number) => string
  if (!Array.isArray(path)) return checkPath('http(): path', path)
  if (path.length === 0) throw invalidOption('http(): path must not be an empty array')
  return Object.freeze(path.map((one, index) => checkPath(`http(): path[${index}]`, one)))
}

function checkRequests(requests: unknown): NonNullable<HttpOptions['requests']> {
  if (typeof requests === 'function') return requests as Extract<HttpOptions['requests'], () => unknown>
  if (!Array.isArray(requests) || requests.length === 0) {
    throw invalidOption('http(): requests must be an array of one or more requests, or a function')
  }
  return Object.freeze(requests.map((one, index) => checkRequest(`http(): requests[${index}]`, one)))
}

function checkFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw invalidOption(`${name} must be true or false, got ${showValue(value)}`)
}

/** They are sent to another process as JSON. */
function checkTlsOptions(
  name: string,
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const copy = JSON.parse(JSON.stringify(value)) as Readonly<Record<string, unknown>>
  if (isDeepStrictEqual(copy, value)) return copy
  throw invalidOption(`${name} must be plain data; give certificates and keys as text (PEM)`)
}
