import { isRecord } from '../../options/check/check-object.js'
import { type LoggedRequest, headersOf, readRequestLine, withoutBody } from './log-line.js'

type Fields = Readonly<Record<string, unknown>>

/** Names that servers and loggers give the same thing, the better one first. */
const METHOD = ['method', 'request_method', 'RequestMethod', 'requestMethod', 'http_method']
const TARGET = ['request_uri', 'originalUrl', 'RequestPath', 'requestUrl', 'uri', 'url', 'path']
const QUERY = ['args', 'query_string', 'query']
const STATUS = ['status', 'status_code', 'statusCode', 'DownstreamStatus', 'OriginStatus', 'response_status']
const HOST = ['RequestHost', 'http_host', 'host', 'hostname', 'server_name']
const AGENT = ['http_user_agent', 'user_agent', 'userAgent', 'user-agent', 'request_User-Agent', 'agent']
const REFERER = ['http_referer', 'referer', 'referrer', 'request_Referer']

/** A line of a log of JSON: nginx, Caddy, Traefik, pino, bunyan, and what is named alike; `null`: it is none. */
export function readJsonLine(line: Buffer): LoggedRequest | null {
  const record = parsed(line)
  if (record === null) return null
  const request = requestFields(record)
  if (request === null) return null
  const { method, target, fields } = request
  const status = statusOf(record)
  // Other lines may have an address, too.
  if (status === null && fields === record) return null
  const all = [fields, record]
  const given = isRecord(fields.headers) ? fields.headers : {}
  return {
    ...{ method, target, status },
    headers: [
      ...headersOf(firstText(all, REFERER), firstText(all, AGENT)).filter(([name]) => !hasName(given, name)),
      ...Object.entries(given).flatMap(([name, value]) => texts(value).map(text => [name, text] as const)),
    ],
    ...withoutBody(method),
    host: request.host ?? firstText(all, HOST) ?? firstText([given], ['host', 'Host']),
  }
}

function parsed(line: Buffer): Fields | null {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    return isRecord(value) ? value : null
  } catch {
    // Cut off, or of something else that writes into the log.
    return null
  }
}

interface Found {
  readonly method: string
  readonly target: string
  readonly host: string | null
  /** Where they stand. */
  readonly fields: Fields
}

function requestFields(record: Fields): Found | null {
  const { req, request, httpRequest, http } = record
  if (typeof request === 'string') {
    const first = readRequestLine(request)
    if (first !== null) return { ...first, fields: record }
  }
  const inner = isRecord(http) ? [http.request] : []
  for (const fields of [record, req, request, httpRequest, ...inner]) {
    if (!isRecord(fields)) continue
    const method = firstText([fields], METHOD)
    const target =
      firstText([fields], TARGET) ?? (isRecord(record.url) ? firstText([record.url], ['original']) : null)
    if (method === null || target === null) continue
    const query = target.includes('?') ? null : firstText([fields], QUERY)
    const whole = query === null || query === '-' ? target : `${target}?${query.replace(/^\?/, '')}`
    return { method, target: whole, host: hostOf(target), fields }
  }
  return null
}

function hostOf(target: string): string | null {
  return /^https?:\/\/([^/?#]+)/i.exec(target)?.[1] ?? null
}

function statusOf(record: Fields): number | null {
  const { res, response, httpRequest, http } = record
  const inner = isRecord(http) ? [http.response] : []
  for (const fields of [record, res, response, httpRequest, ...inner]) {
    if (!isRecord(fields)) continue
    for (const name of STATUS) {
      const status = fields[name]
      if (typeof status === 'number' || (typeof status === 'string' && /^\d{1,3}$/.test(status)))
        return Number(status)
    }
  }
  return null
}

function firstText(places: readonly Fields[], names: readonly string[]): string | null {
  for (const name of names) {
    for (const fields of places) {
      const value = fields[name]
      if (typeof value === 'string' && value !== '') return value
    }
  }
  return null
}

/** Some write a list of the values of a header. */
function texts(value: unknown): string[] {
  return [value].flat().filter(one => typeof one === 'string')
}

function hasName(headers: Fields, name: string): boolean {
  return Object.keys(headers).some(one => one.toLowerCase() === name)
}
