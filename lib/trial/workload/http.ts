import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { parse } from '../../options/check/parse.js'
import { httpOptions } from './http-fields.js'
import { DEFAULT_TIMEOUT_MS, describeHttp } from './http-plan.js'
import type { HttpOptions, HttpWorkload } from '../../types/workload.js'

/**
 * A workload of HTTP requests. They are sent from a process of its own, exactly one request per operation, over at most
 * `connections` connections that stay open for the whole trial, as behind a load balancer: an agent may hold every request of a
 * connection until it is closed. Without options: `GET /`.
 *
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for an option that is unknown or of the wrong type,
 * `ERR_OPTION_UNSUPPORTED` for one of other load generators that would break the exact count
 */
export function http(options: HttpOptions = {}): HttpWorkload {
  const checked = Object.freeze(parse(httpOptions, checkObject('http(): options', options), 'http(): '))
  if (checked.path !== undefined && checked.requests !== undefined) {
    throw invalidOption('http(): give path or requests, not both: a request has a path of its own')
  }
  const { abort, timeoutMs = DEFAULT_TIMEOUT_MS } = checked
  if (abort?.afterMs !== undefined && abort.afterMs >= timeoutMs) {
    throw invalidOption(
      `http(): abort.afterMs must be less than timeoutMs, ${String(timeoutMs)}, got ${String(abort.afterMs)}`,
    )
  }
  return Object.freeze({ kind: 'http', description: describeHttp(checked), options: checked })
}
