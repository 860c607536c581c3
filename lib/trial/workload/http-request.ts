import { checkNames } from '../../options/check/check-names.js'
import { checkObject } from '../../options/check/check-object.js'
import { checkText } from '../../options/check/check-text.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { showValue } from '../../options/check/show-value.js'
import type { HttpRequest } from '../../types/workload.js'

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
