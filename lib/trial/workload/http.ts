import { isDeepStrictEqual } from 'node:util'
import { checkText } from '../../options/check/check-text.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkNumber, MAX_TIMER_MS } from '../../options/check/check-number.js'
import { checkObject } from '../../options/check/check-object.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { showValue } from '../../options/check/show-value.js'
import { describeHttp } from './describe-http.js'
import { checkExpectStatus } from './expect-status.js'
import { PASSED_THROUGH, refuseAutocannonOptions } from './autocannon-options.js'
import { checkHeaders, checkMethod, checkPath, checkRequest } from './http-request.js'
import type { HttpOptions, HttpWorkload } from '../../types/workload.js'

const OWN_OPTIONS = [
  'path',
  'requests',
  'method',
  'headers',
  'body',
  'connections',
  'timeout',
  'expectStatus',
  'maxFailureRate',
]

/**
 * A workload of HTTP requests. They are sent by autocannon from a process of its own, exactly one request per
 * operation, over at most `connections` connections that stay open for the whole trial, as behind a load balancer: an
 * agent may hold every request of a connection until it is closed.
 *
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for an option that is unknown or of the wrong type,
 * `ERR_OPTION_UNSUPPORTED` for one of autocannon that would break the exact count
 */
export function http(options: HttpOptions = {}): HttpWorkload {
  const given = checkObject('http(): options', options)
  refuseAutocannonOptions(given)
  checkNames('http()', given, [...OWN_OPTIONS, ...PASSED_THROUGH])
  const checked = Object.freeze(checkHttpOptions(given))
  return Object.freeze({ kind: 'http', description: describeHttp(checked), options: checked })
}

function checkHttpOptions(given: Readonly<Record<string, unknown>>): HttpOptions {
  if (given.path !== undefined && given.requests !== undefined) {
    throw invalidOption('http(): give path or requests, not both: a request has a path of its own')
  }
  const passedThrough = PASSED_THROUGH.filter(name => given[name] !== undefined)
  return {
    ...(given.path === undefined ? {} : { path: checkPaths(given.path) }),
    ...(given.requests === undefined ? {} : { requests: checkRequests(given.requests) }),
    ...(given.method === undefined ? {} : { method: checkMethod('http(): method', given.method) }),
    ...(given.headers === undefined ? {} : { headers: checkHeaders('http(): headers', given.headers) }),
    ...(given.body === undefined ? {} : { body: checkText('http(): body', given.body) }),
    ...(given.connections === undefined ? {} : { connections: checkConnections(given.connections) }),
    ...(given.timeout === undefined ? {} : { timeout: checkTimeout(given.timeout) }),
    ...(given.expectStatus === undefined ? {} : { expectStatus: checkExpectStatus(given.expectStatus) }),
    ...(given.maxFailureRate === undefined ? {} : { maxFailureRate: checkRate(given.maxFailureRate) }),
    ...Object.fromEntries(passedThrough.map(name => [name, checkPassedThrough(name, given[name])])),
  }
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

function checkConnections(value: unknown): number {
  return checkNumber('http(): connections', value, { min: 1, max: 10_000, integer: true })
}

function checkTimeout(value: unknown): number {
  return checkNumber('http(): timeout (seconds)', value, { min: 1, max: Math.floor(MAX_TIMER_MS / 1000) })
}

function checkRate(value: unknown): number {
  return checkNumber('http(): maxFailureRate', value, { min: 0, max: 1 })
}

function checkPassedThrough(name: (typeof PASSED_THROUGH)[number], value: unknown): unknown {
  switch (name) {
    case 'pipelining':
      // Checked to be 1 with the refused ones.
      return value
    case 'reconnectRate':
      return checkNumber('http(): reconnectRate', value, { min: 1, integer: true })
    case 'idReplacement':
      if (typeof value === 'boolean') return value
      throw invalidOption(`http(): idReplacement must be true or false, got ${showValue(value)}`)
    case 'servername':
      return checkText('http(): servername', value)
    case 'tlsOptions':
      return checkTlsOptions(checkObject('http(): tlsOptions', value))
  }
}

/** They are sent to another process as JSON. */
function checkTlsOptions(value: Readonly<Record<string, unknown>>): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as unknown
  if (isDeepStrictEqual(copy, value)) return copy
  throw invalidOption('http(): tlsOptions must be plain data; give certificates and keys as text (PEM)')
}
