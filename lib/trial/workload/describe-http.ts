import { DEFAULT_CONNECTIONS } from './http-plan.js'
import type { HttpOptions, HttpRequest } from '../../types/workload.js'

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
