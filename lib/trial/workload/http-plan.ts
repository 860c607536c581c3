import { IsolateLeakError } from '../../errors.js'
import type { HttpPlan } from '../types.js'
import { DEFAULT_EXPECT_STATUS } from './answer-counts.js'
import type { HttpOptions, HttpRequest, HttpWorkload } from '../../types/workload.js'
import { parse } from '../../options/check/parse.js'
import { path as pathField, request as requestField } from './http-fields.js'

const DEFAULT_CONNECTIONS = 10
export const DEFAULT_TIMEOUT_MS = 10_000
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
      firstAnswerMs: options.timeoutMs ?? FIRST_ANSWER_MS + (options.abort?.afterMs ?? 0),
      maxFailureRate: options.maxFailureRate ?? DEFAULT_MAX_FAILURE_RATE,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      reconnectRate: options.reconnectRate ?? null,
      idReplacement: options.idReplacement ?? false,
      abort: options.abort === undefined ? null : { afterMs: 0, seed: 1, ...options.abort },
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
    return index => asked(`requests(${index})`, name => parse(requestField, requests(index), name))
  }
  if (typeof path === 'function') {
    return index => asked(`path(${index})`, name => ({ path: parse(pathField, path(index), name) }))
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
    ...(request.expectStatus === undefined ? {} : { expectStatus: request.expectStatus }),
  }
}

const NAMED = 3

/** Short text for the report: `GET /orders/42, 10 connections`. Paths of production are not for a report. */
export function describeHttp(options: HttpOptions): string {
  const connections = options.connections ?? DEFAULT_CONNECTIONS
  const of = `${describeRequests(options)}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
  if (options.abort === undefined) return of
  const { share, afterMs = 0 } = options.abort
  const when = afterMs === 0 ? 'as soon as they are sent' : `after ${String(afterMs)} ms`
  return `${of}, ${String(Number((share * 100).toPrecision(4)))}% hang up ${when}`
}

function describeRequests(options: HttpOptions): string {
  const { path = '/', requests, method = 'GET', recording } = options
  if (Array.isArray(requests) && recording !== undefined) {
    const { length } = requests
    return `${length.toLocaleString('en-US')} ${length === 1 ? 'request' : 'requests'} of ${recording.file}`
  }
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
