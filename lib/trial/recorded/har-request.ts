import { isRecord } from '../../options/check/check-object.js'
import type { RecordedRequest } from './recorded-request.js'

type Headers = RecordedRequest['headers']

/** A request of a HAR file, with its whole address; `null`: it is none. */
export function readHarRequest(request: unknown, status: unknown): RecordedRequest | null {
  if (!isRecord(request)) return null
  const { method, url, postData, bodySize } = request
  if (typeof method !== 'string' || typeof url !== 'string') return null
  const named = pairsOf(request.headers)
  const headers = named.filter(([name]) => !name.startsWith(':'))
  const post = isRecord(postData) ? postData : {}
  const body = bodyOf(post)
  const type = post.mimeType
  const isTyped =
    body === '' || typeof type !== 'string' || headers.some(([name]) => /^content-type$/i.test(name))
  return {
    ...{ method, target: url, body },
    status: typeof status === 'number' && Number.isInteger(status) ? status : 0,
    headers: isTyped ? headers : [...headers, ['content-type', type]],
    lacksBody: body === null || (body === '' && hadBody(bodySize, headers)),
  }
}

/** The body as text, empty where there is none in the file; `null`: it is no text. */
function bodyOf(post: Readonly<Record<string, unknown>>): string | null {
  const { text, mimeType, params, encoding, _encoding } = post
  if (typeof text === 'string' && text !== '') {
    const isEncoded = encoding === 'base64' || _encoding === 'base64'
    return isEncoded ? textOf(Buffer.from(text, 'base64')) : withoutNull(text)
  }
  if (!/^application\/x-www-form-urlencoded\b/i.test(typeof mimeType === 'string' ? mimeType : '')) return ''
  return new URLSearchParams(pairsOf(params)).toString()
}

/** `null`: bytes that are no text would be sent as others. */
function textOf(bytes: Buffer): string | null {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? withoutNull(text) : null
}

function withoutNull(text: string): string | null {
  return text.includes('\0') ? null : text
}

/** Large ones, and files that are uploaded, are left out by browsers. */
function hadBody(bodySize: unknown, headers: Headers): boolean {
  if (typeof bodySize === 'number' && bodySize > 0) return true
  return headers.some(([name, value]) => /^content-length$/i.test(name) && Number(value) > 0)
}

function pairsOf(list: unknown): [string, string][] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown): [string, string][] => {
    if (!isRecord(one) || typeof one.name !== 'string') return []
    return [[one.name, typeof one.value === 'string' ? one.value : '']]
  })
}
