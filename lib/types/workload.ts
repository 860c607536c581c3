import type { Recording } from './recording.js'

/** What a workload function is given for one round. */
export interface WorkloadContext {
  /** `http://127.0.0.1:port` of the application, empty string when it does not listen. */
  readonly url: string
  /** Port of the application, 0 when it does not listen. */
  readonly port: number
  /** Exactly how many operations to perform. */
  readonly operations: number
  /** Number of the round in the trial, from 0. */
  readonly round: number
  /** Index of the first operation, counted over the trial, from 0. */
  readonly index: number
  /** Aborted when the trial ends early. */
  readonly signal: AbortSignal
}

/** Performs exactly `context.operations` operations and resolves when they are done. */
export type WorkloadFunction = (context: WorkloadContext) => Promise<void> | void

/** Value of {@link http}: requests over HTTP, sent from a process of its own. */
export interface HttpWorkload {
  readonly kind: 'http'
  readonly description: string
  readonly options: HttpOptions
}

/** Value of {@link inApp}: calls inside the application. */
export interface InAppWorkload {
  readonly kind: 'in-app'
  readonly description: string
  /** Absolute path of the module. */
  readonly module: string
}

/** Value of {@link idle}: nothing is done, an operation is one second. */
export interface IdleWorkload {
  readonly kind: 'idle'
  readonly description: string
}

/** Value of {@link command}: a load generator that is started anew for every round. */
export interface CommandWorkload {
  readonly kind: 'command'
  readonly description: string
  /** The program as it was given, then its arguments, with their placeholders. */
  readonly args: readonly string[]
  /** Absolute path of the program. */
  readonly file: string
  /** `cwd` is absolute. */
  readonly options: CommandOptions
}

/** Options of {@link command}. */
export interface CommandOptions {
  /** Working directory. Default: the caller's; of a config, its folder. */
  readonly cwd?: string | URL
  /**
   * Variables on top of the caller's environment, cleaned as the application's is, without what agents bring; `undefined` unsets. Placeholders in
   * values are filled in.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * How many operations a round performed: a RegExp with one group around the number, of which the last match in the output counts, or a
   * function of the output, called in your process. The output is the last 64 KB of stdout and stderr, without colours. Default: an exit status
   * of 0 says that it was as many as were asked for.
   */
  readonly count?: RegExp | ((output: string) => number | Promise<number>)
  /** Until a round that has not ended is ended and fails, ms. Default 300,000. */
  readonly timeoutMs?: number
  /** Text for the report. Default: the command line, without what looks like a secret. */
  readonly description?: string
}

/** Options of {@link inApp}. */
export interface InAppOptions {
  /** Text for the report. Default: names the file. */
  readonly description?: string
}

/** Options of {@link idle}. */
export interface IdleOptions {
  /** Text for the report. Default `idle`. */
  readonly description?: string
}

export type Workload = WorkloadFunction | HttpWorkload | CommandWorkload | InAppWorkload | IdleWorkload

/** One request. */
export interface HttpRequest {
  /** With its query. Default `/`. */
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Statuses that count as performed for this request, besides those of the options. */
  readonly expectStatus?: readonly ExpectedStatus[]
}

/** A status, or a class of them. */
export type ExpectedStatus = number | '2xx' | '3xx' | '4xx' | '5xx'

/** Options of {@link http}. */
export interface HttpOptions {
  /** A path, several in turn, or a function from the operation's index to a path. Default `/`. */
  readonly path?: string | readonly string[] | ((index: number) => string)
  /** Whole requests in turn, or a function from the operation's index to a request. Default: built from the other options. */
  readonly requests?: readonly HttpRequest[] | ((index: number) => HttpRequest)
  /** `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS` or `TRACE`. Default `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How many there are at most, each with one request outstanding at a time. Default 10. */
  readonly connections?: number
  /** Until a request whose answer is not whole counts as failed, ms. Default 10,000. */
  readonly timeoutMs?: number
  /** Opens a new connection after this many requests on one. Default never. */
  readonly reconnectRate?: number
  /** Replaces every `[<id>]` in path and body by an id that is different in every request. Default `false`. */
  readonly idReplacement?: boolean
  /** Sends HTTP/2, in the clear to a server that is not one of TLS. Default `false`. */
  readonly http2?: boolean
  /**
   * Socket file of the server, for one that listens on no port; absolute, or from the working folder of the application. One application runs at
   * a time then.
   */
  readonly socketPath?: string
  /** Name that a server of TLS is asked for. Default: that of the address. */
  readonly servername?: string
  /** Options of `tls.connect()` as plain data, for a server that wants a certificate, say. Any certificate of the server is accepted. */
  readonly tlsOptions?: Readonly<Record<string, unknown>>
  /**
   * Clients that hang up before they have their answer: `share` of the requests, above 0 and at most 1, exact for every multiple of 8
   * operations, closes its connection (HTTP/2: resets its stream) `afterMs` after it was sent, by default 0: as soon as it is sent, whatever the
   * server does. Which ones is drawn by `seed`, default 1. Those that are answered before count by their status. Default: nobody hangs up.
   */
  readonly abort?: { readonly share: number; readonly afterMs?: number; readonly seed?: number }
  /** Statuses that count as performed: numbers, or `'2xx'` for a class. Default `['2xx', '3xx']`. */
  readonly expectStatus?: readonly ExpectedStatus[]
  /** Share of operations that may fail before the trial is an error. Default 0.01. */
  readonly maxFailureRate?: number
  /** Where `requests` were taken from, as `fromHar()` and `fromAccessLog()` give it; the report names the file in place of their paths. */
  readonly recording?: Recording
}

/** What `fromHar()` and `fromAccessLog()` give: options of `http()`. */
export interface RecordedTraffic {
  /** In the order of the file, at least one. */
  readonly requests: readonly HttpRequest[]
  /** What they were taken from, and what was left out. */
  readonly recording: Recording
}

/** A workload whose kind is known. */
export type NamedWorkload =
  | HttpWorkload
  | CommandWorkload
  | InAppWorkload
  | IdleWorkload
  | { readonly kind: 'function'; readonly description: string; readonly run: WorkloadFunction }
