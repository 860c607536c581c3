import { METHODS, OF_CONNECTIONS } from '../workload/http-fields.js'
import { isSecretName, redactText } from '../../options/redact/redact-text.js'
import type { DroppedRequests } from '../../types/recording.js'
import type { HttpRequest } from '../../types/workload.js'

/** A request as a file tells it; nothing of it was checked. */
export interface RecordedRequest {
  readonly method: string
  /** As in the first line of a request: a path with its query, or a whole address. */
  readonly target: string
  /** 0: there was no answer; `null`: the file does not tell. */
  readonly status: number | null
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `null`: there is none. */
  readonly body: string | null
  /** It had a body that is not in the file. */
  readonly lacksBody: boolean
}

/** Why a request is left out. */
export type DropReason = Exclude<keyof DroppedRequests, 'headers'>

/** Servers write them where the client was gone before the answer (nginx). */
const NO_ANSWER: readonly number[] = [444, 499]

/** Why `http()` cannot send it as it was; `null`: it can. */
export function dropReason(recorded: RecordedRequest, keepWithoutBody: boolean): DropReason | null {
  const { method, status } = recorded
  if (!/^[a-z-]+$/i.test(method)) return 'noRequest'
  if (!METHODS.includes(method.toUpperCase())) return 'unsupported'
  if (pathOf(recorded.target) === null) return 'noRequest'
  if (status !== null && status >= 100 && status < 200) return 'unsupported'
  if (status !== null && (NO_ANSWER.includes(status) || status < 200 || status > 599)) return 'unanswered'
  return recorded.lacksBody && !keepWithoutBody ? 'withoutBody' : null
}

/**
 * The request as `http()` sends it, of one for which there is no {@link dropReason}.
 * @param onSecret told the names of headers that are left out because they may hold secrets; `null`: those are kept
 */
export function requestOf(recorded: RecordedRequest, onSecret: ((name: string) => void) | null): HttpRequest {
  const { status, body } = recorded
  const method = recorded.method.toUpperCase()
  const headers = headersOf(recorded, onSecret)
  return {
    path: pathOf(recorded.target) ?? '/',
    ...(method === 'GET' ? {} : { method }),
    ...(headers === null ? {} : { headers }),
    ...(body === null || body === '' ? {} : { body }),
    ...(status !== null && status >= 400 ? { expectStatus: [status] } : {}),
  }
}

/** Without what is before the path and behind the query, and what is not ASCII escaped; `null`: there is no path. */
function pathOf(target: string): string | null {
  const path = /^https?:\/\//i.test(target) ? pathOfAddress(target) : target
  const [sent = ''] = (path ?? '').split('#', 1)
  const escaped = sent.replace(/[^\0-\x7f]+/g, text =>
    Buffer.from(text).reduce((all, byte) => `${all}%${byte.toString(16).toUpperCase()}`, ''),
  )
  return /^\/[\x21-\x7e]*$/.test(escaped) ? escaped : null
}

function pathOfAddress(address: string): string | null {
  if (!URL.canParse(address)) return null
  const { pathname, search } = new URL(address)
  return pathname + search
}

/** They follow from how a request is sent, or belong to one connection or to the bytes of a body that is text here. */
const COMPUTED: readonly string[] = [
  ...OF_CONNECTIONS,
  'host',
  'proxy-connection',
  'te',
  'trailer',
  'http2-settings',
  'content-encoding',
  'content-md5',
]
const NAME = /^[!#$%&'*+.^_`|~\w-]{1,100}$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** What `isSecretName` leaves to names of variables. */
const SECRET_HEADER = /[cx]srf|session|jwt|assertion|client-cert/

/** Names in lower case, those that came more than once joined; `null`: none is left. */
function headersOf(
  { headers }: RecordedRequest,
  onSecret: ((name: string) => void) | null,
): Readonly<Record<string, string>> | null {
  const kept = new Map<string, string>()
  for (const [given, value] of headers) {
    const name = given.toLowerCase()
    if (!NAME.test(name) || !VALUE.test(value) || COMPUTED.includes(name) || name === '__proto__') continue
    if (onSecret !== null && isSecretHeader(name, value)) {
      onSecret(name)
      continue
    }
    const earlier = kept.get(name)
    kept.set(name, earlier === undefined ? value : `${earlier}${name === 'cookie' ? ';' : ','} ${value}`)
  }
  return kept.size === 0 ? null : Object.fromEntries(kept)
}

function isSecretHeader(name: string, value: string): boolean {
  return isSecretName(name) || SECRET_HEADER.test(name) || redactText(value) !== value
}
