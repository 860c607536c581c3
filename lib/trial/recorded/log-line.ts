import type { RecordedRequest } from './recorded-request.js'

/** A request of a log. */
export interface LoggedRequest extends RecordedRequest {
  /** Host that it was sent to; `null`: the line does not tell. */
  readonly host: string | null
}

/** Quoted text, in which quotes and bytes that are no text are escaped. */
const QUOTED = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`
/** Who, when, the first line of the request, the status, and perhaps bytes, referer and user agent; servers add more behind. */
const LINE = new RegExp(
  String.raw`^(.*?)\[[^[\]]*\] ${QUOTED} (\d{3})(?: (?:\d+|-)(?: ${QUOTED} ${QUOTED})?)?(?: |$)`,
)

/** A line of Apache's and nginx's `common` or `combined`; `null`: it is none. */
export function readTextLine(line: Buffer): LoggedRequest | null {
  // A byte is a character, as in what is escaped.
  const match = LINE.exec(line.toString('latin1'))
  if (match === null) return null
  const [, who = '', quoted = '', status = '', referer = '-', agent = '-'] = match
  const first = readRequestLine(unescaped(quoted))
  if (first === null) return null
  const fields = who.trim().split(' ')
  return {
    ...first,
    status: Number(status),
    headers: headersOf(unescaped(referer), unescaped(agent)),
    ...withoutBody(first.method),
    host: first.host ?? (fields.length > 3 ? (fields[0] ?? null) : null),
  }
}

/** The first line of a request: `GET /orders?page=2 HTTP/1.1`. */
export function readRequestLine(
  line: string,
): { readonly method: string; readonly target: string; readonly host: string | null } | null {
  const [, method, target] = /^([A-Za-z-]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(line) ?? []
  if (method === undefined || target === undefined) return null
  const bytes = target.replace(/[\x80-\xff]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return { method, target: bytes, host: /^https?:\/\/([^/?#]+)/i.exec(target)?.[1] ?? null }
}

/** `-` stands for none. */
export function headersOf(referer: string | null, agent: string | null): RecordedRequest['headers'] {
  const headers = [
    ['referer', referer ?? '-'],
    ['user-agent', agent ?? '-'],
  ] as const
  return headers.filter(([, value]) => value !== '-' && value !== '')
}

/** A log has no bodies; other methods have none as a rule. */
export function withoutBody(method: string): Pick<RecordedRequest, 'body' | 'lacksBody'> {
  return { body: null, lacksBody: /^(?:post|put|patch)$/i.test(method) }
}

/** Control characters as what they are, so that nobody takes them for text. */
function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted
  return quoted.replace(
    /\\(?:x([0-9a-f]{2})|(.))/gi,
    (_, hex: string | undefined, char: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16))
      return /[abfnrtv]/.test(char ?? '') ? '\0' : (char ?? '')
    },
  )
}
