import * as v from 'valibot'
import type { AccessLogFormat, AccessLogOptions } from '../../types/recording.js'
import type { RecordedTraffic } from '../../types/workload.js'
import { checkObject, showValue } from '../../options/check/check-object.js'
import { choice, nonEmpty } from '../../options/check/fields.js'
import { optionsOf, parse } from '../../options/check/parse.js'
import { MASK, redactText } from '../../options/redact/redact-text.js'
import { toPath } from '../../options/check/to-path.js'
import { GATHER_FIELDS, gatherer } from './gather.js'
import { readJsonLine } from './json-line.js'
import { Lines } from './lines.js'
import { type LoggedRequest, readTextLine } from './log-line.js'
import { badRecording, openRecording } from './open-recording.js'

const OPTIONS = optionsOf({
  ...GATHER_FIELDS,
  format: v.optional(choice(['common', 'combined', 'json'])),
  host: v.optional(nonEmpty),
})
const MAX_LINE_BYTES = 64 * 1024
const WHAT = 'an access log (common, combined, or JSON lines)'

/**
 * Requests of an access log, for `http()`: `http({ ...(await fromAccessLog('access.log')), connections: 20 })`. The formats `common` and
 * `combined` of Apache and nginx, and JSON lines of nginx, Caddy, Traefik, pino and others; gzip as well.
 *
 * It is read in constant memory, whatever its size: of more than `most` requests so many are drawn, each with the same chance, and stay in
 * their order. A log has no bodies: `POST`, `PUT` and `PATCH` are left out unless `keepWithoutBody`.
 *
 * @param file path (relative to the caller's working directory) or `file:` URL
 * @throws IsolateLeakError `ERR_OPTION_INVALID`; `ERR_RECORDING` where the file cannot be read, is no access log, or has nothing that can be sent
 */
export async function fromAccessLog(
  file: string | URL,
  options: AccessLogOptions = {},
): Promise<RecordedTraffic> {
  const given = parse(OPTIONS, checkObject('fromAccessLog(): options', options), 'fromAccessLog(): ')
  const path = toPath('fromAccessLog(): file', file, process.cwd())
  const { format = null } = given
  const host = given.host?.toLowerCase() ?? null
  const requests = gatherer(given)
  const lines = new Lines(MAX_LINE_BYTES)
  let seen: AccessLogFormat | null = null
  let firstLine = 'nothing but empty lines'
  let isFirst = true
  const take = (line: Buffer | null): void => {
    if (line?.length === 0) return
    if (isFirst) firstLine = shownLine(line)
    isFirst = false
    const request = line === null ? null : readLine(line, format)
    if (request === null) requests.drop(line === null ? 'tooLong' : 'noRequest')
    else if (host !== null && !isOfHost(request, host)) requests.drop('foreign')
    else if (requests.take(request)) seen ??= formatOf(line, request)
  }
  for await (const piece of openRecording(path, WHAT)) for (const line of lines.of(piece)) take(line)
  for (const line of lines.rest()) take(line)
  if (!requests.hasAny()) throw badRecording(`expected ${WHAT} at ${path}, got ${firstLine}`)
  return requests.finish({ path, format: format ?? seen ?? 'common', origin: null })
}

function readLine(line: Buffer, format: AccessLogFormat | null): LoggedRequest | null {
  const isJson = line[0] === 0x7b
  if (format !== null && isJson !== (format === 'json')) return null
  const request = isJson ? readJsonLine(line) : readTextLine(line)
  return request !== null && format === 'common' ? { ...request, headers: [] } : request
}

function formatOf(line: Buffer | null, { headers }: LoggedRequest): AccessLogFormat {
  if (line?.[0] === 0x7b) return 'json'
  return headers.length === 0 ? 'common' : 'combined'
}

/** With or without its port. */
function isOfHost(request: LoggedRequest, host: string): boolean {
  const name = request.host?.toLowerCase()
  return name === host || name?.replace(/:\d+$/, '') === host
}

const LONGEST_SHOWN = 400
const LONG_WORD = /[\w.~+/=-]{24,}/g

/** Of a file of which nothing is known, so without what may be a secret. */
function shownLine(line: Buffer | null): string {
  if (line === null) return 'a first line of more than 64 KiB'
  const text = redactText(line.toString('utf8', 0, LONGEST_SHOWN).replace(/\p{Cc}/gu, '�'))
  return `the first line ${showValue(text.replace(/\?[^\s"]*/g, '?…').replace(LONG_WORD, MASK))}`
}
