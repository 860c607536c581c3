import { IsolateLeakError } from '../../errors.js'
import type { HttpPlan } from '../types.js'
import { DEFAULT_EXPECT_STATUS } from './answer-counts.js'
import type { HttpOptions, HttpRequest, HttpWorkload } from '../../types/workload.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkObject, invalidOption, showValue } from '../../options/check/check-object.js'
import { checkText } from '../../options/check/check-text.js'

const DEFAULT_CONNECTIONS = 10
const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_FAILURE_RATE = 0.01
const FIRST_ANSWER_MS = 5_000

/** An HTTP workload as plain data, and what has to stay with the caller because it is a function. */
interface PlannedHttp {
  readonly plan: HttpPlan
  /**
   * Requests of a round that begins with operation `index`, where the caller gave a function; else `null`.
   * @throws IsolateLeakError `ERR_WORKLOAD_FAILED` when the function throws or answers something that is no request
   */
  readonly requestsFor: ((index: number, operations: number) => HttpRequest[]) | null
}

export function httpPlan(workload: HttpWorkload): PlannedHttp {
  const { options } = workload
  const { path = '/', requests } = options
  const one = requestByIndex(options)
  const list = one === null ? (requests ?? [path].flat().map(single => ({ path: single }))) : []
  return {
    plan: {
      requests: (list as readonly HttpRequest[]).map(request => complete(request, options)),
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      expectStatus: options.expectStatus ?? DEFAULT_EXPECT_STATUS,
      isStatusGiven: options.expectStatus !== undefined,
      // Who gives a time expects answers that take long.
      firstAnswerMs: options.timeoutMs ?? FIRST_ANSWER_MS,
      maxFailureRate: options.maxFailureRate ?? DEFAULT_MAX_FAILURE_RATE,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      reconnectRate: options.reconnectRate ?? null,
      idReplacement: options.idReplacement ?? false,
      http2: options.http2 ?? false,
      socketPath: options.socketPath ?? null,
      tls: {
        ...options.tlsOptions,
        ...(options.servername === undefined ? {} : { servername: options.servername }),
      },
    },
    requestsFor:
      one &&
      ((index, operations) =>
        Array.from({ length: operations }, (_, offset) => complete(one(index + offset), options))),
  }
}

/** The caller's function as one from index to request, `null` when there is none. */
function requestByIndex({ path, requests }: HttpOptions): ((index: number) => HttpRequest) | null {
  if (typeof requests === 'function') {
    return index => asked(`requests(${index})`, name => checkRequest(name, requests(index)))
  }
  if (typeof path === 'function') {
    return index => asked(`path(${index})`, name => ({ path: checkPath(name, path(index)) }))
  }
  return null
}

function asked(name: string, ask: (name: string) => HttpRequest): HttpRequest {
  try {
    return ask(name)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new IsolateLeakError('ERR_WORKLOAD_FAILED', `http(): ${name} gave no request: ${message}`, {
      cause,
    })
  }
}

/** The request with what the options say about all of them. */
function complete(request: HttpRequest, options: HttpOptions): HttpRequest {
  const body = request.body ?? options.body
  return {
    path: request.path ?? '/',
    method: request.method ?? options.method ?? 'GET',
    headers: { ...options.headers, ...request.headers },
    ...(body === undefined ? {} : { body }),
  }
}

const NAMED = 3

/** Short text for the report: `GET /orders/42, 10 connections`. */
export function describeHttp(options: HttpOptions): string {
  const connections = options.connections ?? DEFAULT_CONNECTIONS
  return `${describeRequests(options)}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
}

function describeRequests(options: HttpOptions): string {
  const { path = '/', requests, method = 'GET' } = options
  if (typeof requests === 'function') return 'requests by index'
  if (typeof path === 'function') return `${method} paths by index`
  const list: readonly HttpRequest[] = requests ?? (typeof path === 'string' ? [path] : path).map(asRequest)
  const named = list.slice(0, NAMED).map(one => `${one.method ?? method} ${withoutQuery(one.path ?? '/')}`)
  const more = list.length - named.length
  if (more > 0) return `${named.join(', ')} and ${more} more in turn`
  return list.length === 1 ? named.join() : `${named.join(', ')} in turn`
}

function asRequest(path: string): HttpRequest {
  return { path }
}

/** Queries may hold tokens, and a description is printed. */
export function withoutQuery(path: string): string {
  const end = path.indexOf('?')
  return end === -1 ? path : `${path.slice(0, end)}?…`
}

/** All but CONNECT, which asks for a tunnel. */
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'HEAD']
/** Of the connection, not of a request. */
const HEADERS_OF_CONNECTIONS = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
]

/** One request of a list or of a function, copied and frozen. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function checkRequest(name: string, value: unknown): HttpRequest {
  const given = checkObject(name, value)
  checkNames(name, given, ['path', 'method', 'headers', 'body'], {
    setupRequest: 'requests are sent from another process; give requests as a function of the index instead',
    onResponse: 'requests are sent from another process; check answers in a workload function',
  })
  return Object.freeze({
    ...(given.path === undefined ? {} : { path: checkPath(`${name}.path`, given.path) }),
    ...(given.method === undefined ? {} : { method: checkMethod(`${name}.method`, given.method) }),
    ...(given.headers === undefined ? {} : { headers: checkHeaders(`${name}.headers`, given.headers) }),
    ...(given.body === undefined ? {} : { body: checkText(`${name}.body`, given.body) }),
  })
}

/** A path with its query, as it stands in the first line of a request. */
export function checkPath(name: string, value: unknown): string {
  const path = checkText(name, value)
  if (/^\/[^\s#]*$/.test(path)) return path
  const hint = /^[a-z]+:\/\//i.test(path) ? '; the address of the application is found out' : ''
  throw invalidOption(
    `${name} must start with '/' and hold no blanks and no '#'${hint}, got ${showValue(path)}`,
  )
}

export function checkMethod(name: string, value: unknown): string {
  const method = checkText(name, value).toUpperCase()
  if (METHODS.includes(method)) return method
  throw invalidOption(`${name} must be one of ${METHODS.join(', ')}, got ${showValue(value)}`)
}

/** Header names and values; messages never show values, which may be secrets. */
export function checkHeaders(name: string, value: unknown): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [header, text] of Object.entries(checkObject(name, value))) {
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(header)) {
      throw invalidOption(`${name} has a header named '${header}', which is not a name`)
    }
    if (typeof text !== 'string' || /[\r\n\0]/.test(text)) {
      throw invalidOption(`${name}.${header} must be a string of one line`)
    }
    if (HEADERS_OF_CONNECTIONS.includes(header.toLowerCase())) {
      throw invalidOption(`${name}.${header} must not be set: it follows from how the request is sent`)
    }
    headers[header] = text
  }
  return Object.freeze(headers)
}
