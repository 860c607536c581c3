import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import {
  flag,
  functionOf,
  MAX_TIMER_MS,
  nonEmpty,
  numberIn,
  text,
  wholeNumber,
} from '../../options/check/fields.js'
import { showValue } from '../../options/check/check-object.js'
import { anyOptions, type Field, got, optionsOf } from '../../options/check/parse.js'
import type { Recording } from '../../types/recording.js'
import type { ExpectedStatus, HttpOptions, HttpRequest } from '../../types/workload.js'

/** A path with its query, as it stands in the first line of a request. */
export const path: Field<string> = v.pipe(
  text,
  v.check(
    value => /^\/[^\s#]*$/.test(value),
    ({ input }) => {
      const hint = /^[a-z]+:\/\//i.test(input) ? '; the address of the application is found out' : ''
      return `must start with '/' and hold no blanks and no '#'${hint}, got ${showValue(input)}`
    },
  ),
)

/** All but CONNECT, which asks for a tunnel. */
export const METHODS: readonly string[] = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'HEAD',
]

const method: Field<string> = v.pipe(
  text,
  v.check(value => METHODS.includes(value.toUpperCase()), got(`one of ${METHODS.join(', ')}`)),
  v.toUpperCase(),
)

/** Of the connection, not of a request. */
export const OF_CONNECTIONS: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
]

const isName = (header: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(header)

/** Header names and values; messages never show values, which may be secrets. */
const headers: Field<Readonly<Record<string, string>>> = v.pipe(
  anyOptions,
  v.check(
    given => Object.keys(given).every(isName),
    ({ input }) =>
      `has a header named '${Object.keys(input).find(header => !isName(header)) ?? ''}', which is not a name`,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const given = dataset.typed ? dataset.value : {}
    for (const [header, value] of Object.entries(given)) {
      const problem = OF_CONNECTIONS.includes(header.toLowerCase())
        ? 'must not be set: it follows from how the request is sent'
        : typeof value !== 'string' || /[\r\n\0]/.test(value)
          ? 'must be a string of one line'
          : null
      if (problem === null) continue
      const place = { type: 'object', origin: 'value', input: given, key: header, value } as const
      addIssue({ message: problem, path: [place] })
    }
  }),
  v.transform(given => Object.freeze({ ...given }) as Readonly<Record<string, string>>),
)

const status = v.custom<ExpectedStatus>(
  value =>
    typeof value === 'number'
      ? Number.isInteger(value) && value >= 200 && value <= 599
      : typeof value === 'string' && /^[2-5]xx$/.test(value),
  got("a status from 200 to 599, or '2xx', '3xx', '4xx' or '5xx'"),
)

const someStatuses = got('an array of one or more statuses')

const statuses: Field<readonly ExpectedStatus[]> = v.pipe(
  v.array(status, someStatuses),
  v.nonEmpty(someStatuses),
  v.transform(list => Object.freeze(list)),
)

/** One request of a list or of a function, copied and frozen. */
export const request: Field<HttpRequest> = v.pipe(
  optionsOf(
    {
      path: v.optional(path),
      method: v.optional(method),
      headers: v.optional(headers),
      body: v.optional(text),
      expectStatus: v.optional(statuses),
    },
    {
      setupRequest:
        'requests are sent from another process; give requests as a function of the index instead',
      onResponse: 'requests are sent from another process; check answers in a workload function',
    },
  ),
  v.transform(given => Object.freeze(given) as HttpRequest),
)

function frozenList<Item>(item: Field<Item>, empty: string): Field<readonly Item[]> {
  return v.pipe(
    v.array(item, empty),
    v.nonEmpty(empty),
    v.transform(list => Object.freeze(list)),
  )
}

const paths = v.lazy((value): Field<NonNullable<HttpOptions['path']>> =>
  typeof value === 'function'
    ? functionOf<(index: number) => string>()
    : Array.isArray(value)
      ? frozenList(path, 'must not be an empty array')
      : path,
)

const requests = v.lazy((value): Field<NonNullable<HttpOptions['requests']>> =>
  typeof value === 'function'
    ? functionOf<(index: number) => HttpRequest>()
    : frozenList(request, 'must be an array of one or more requests, or a function'),
)

/** They are sent to another process as JSON. */
const tlsOptions = v.pipe(
  anyOptions,
  v.check(
    value => isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value),
    'must be plain data; give certificates and keys as text (PEM)',
  ),
)

const abort = optionsOf({
  share: numberIn({ min: 0, max: 1, above: true }),
  afterMs: v.optional(numberIn({ min: 0, max: MAX_TIMER_MS })),
  seed: v.optional(wholeNumber(0, 2 ** 32 - 1)),
})

/** As file systems have it. */
const LONGEST_FILE_NAME = 255

const isFileName = (name: unknown): boolean =>
  typeof name === 'string' && name.length <= LONGEST_FILE_NAME && /^[^\p{Cc}/\\]+$/u.test(name)

/** Only the name of its file is read. */
const recording = v.pipe(
  anyOptions,
  v.check(({ file }) => isFileName(file), 'must be what fromHar() or fromAccessLog() gives'),
) as unknown as Field<Recording>

const COUNT = 'each round performs an exact number of operations; set operations of isolateLeak() instead'
const PACED =
  'requests are sent as fast as they are answered; for a pace of your own write a workload function'
const ELSEWHERE = 'requests are sent from another process, where functions of yours do not exist'

/** Options that load generators have, and why there is none of that name. */
const OF_LOAD_GENERATORS: Readonly<Record<string, string>> = {
  timeout: 'write timeoutMs, in milliseconds: timeout: 2 is timeoutMs: 2000',
  amount: COUNT,
  duration: COUNT,
  forever: COUNT,
  maxConnectionRequests: COUNT,
  maxOverallRequests: COUNT,
  bailout: `${COUNT}, and maxFailureRate for how many may fail`,
  workers: 'each worker thread would perform the whole number of operations',
  overallRate: PACED,
  connectionRate: PACED,
  pipelining: 'each connection has one request outstanding at a time; more are sent by more connections',
  setupClient: ELSEWHERE,
  url: 'the address is that of the application, which is launched on a port of its own',
}

/** What `http()` is given. */
export const httpOptions: Field<HttpOptions> = optionsOf(
  {
    path: v.optional(paths),
    requests: v.optional(requests),
    method: v.optional(method),
    headers: v.optional(headers),
    body: v.optional(text),
    connections: v.optional(numberIn({ min: 1, max: 10_000, integer: true })),
    timeoutMs: v.optional(numberIn({ min: 1, max: MAX_TIMER_MS })),
    reconnectRate: v.optional(numberIn({ min: 1, integer: true })),
    idReplacement: v.optional(flag),
    http2: v.optional(flag),
    socketPath: v.optional(nonEmpty),
    servername: v.optional(text),
    tlsOptions: v.optional(tlsOptions),
    abort: v.optional(abort),
    expectStatus: v.optional(statuses),
    maxFailureRate: v.optional(numberIn({ min: 0, max: 1 })),
    recording: v.optional(recording),
  },
  OF_LOAD_GENERATORS,
) as Field<HttpOptions>
