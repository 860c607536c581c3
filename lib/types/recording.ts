/** Where requests were taken from, and what became of the others: `found` is `kept` and all that was dropped together. */
export interface Recording {
  /** Name of the file, without its folder. */
  readonly file: string
  /** `common` where no header was in the log. */
  readonly format: 'har' | AccessLogFormat
  /** That the requests were sent to, `https://shop.example`; `null` for logs. */
  readonly origin: string | null
  /** Entries of a HAR file, or lines that are not empty. */
  readonly found: number
  readonly kept: number
  /** How requests were answered, by status, before any was left out by sampling. */
  readonly byStatus: Readonly<Record<string, number>>
  readonly dropped: DroppedRequests
}

/** Requests that were left out, by reason. Each is counted once. */
export interface DroppedRequests {
  /** Sent to another origin, or to another host than the one that was asked for. */
  readonly foreign: number
  /** `CONNECT`, methods of WebDAV, WebSockets, and addresses that are not of HTTP. */
  readonly unsupported: number
  /** Not answered by the server: blocked, given up by the client, or answered from the browser's cache. */
  readonly unanswered: number
  /** Their body is not in the file, or is no text. */
  readonly withoutBody: number
  /** Lines and entries that are no request: of another kind, damaged, cut off. */
  readonly noRequest: number
  /** Lines above 64 KiB, and requests above 1 MiB. */
  readonly tooLong: number
  /** Not drawn, as there were more than `most`, or more than 64 MiB of them. */
  readonly notDrawn: number
  /** Names of headers that were left out of drawn requests because they may hold secrets, at most 100. */
  readonly headers: readonly string[]
}

/** Options that `fromHar()` and `fromAccessLog()` have in common. */
export interface RecordingOptions {
  /**
   * Requests to keep, at most: of more, so many are drawn, each with the same chance, and stay in their order. From 1 to 100,000, default
   * 10,000.
   */
  readonly most?: number
  /** Of the draw: the same file and seed give the same requests. A whole number from 0 to 4,294,967,295, default 1. */
  readonly seed?: number
  /**
   * Keeps cookies, `authorization` and other headers that look like secrets by their name or value. Default `false`: they are left out, and named
   * in `recording.dropped.headers`.
   */
  readonly keepSecrets?: boolean
  /**
   * Keeps requests whose body is not in the file; they are sent with the `body` that `http()` is given, or without. Default `false`: without it they
   * would not do what they did in production.
   */
  readonly keepWithoutBody?: boolean
}

/** Options of `fromHar()`. */
export interface HarOptions extends RecordingOptions {
  /** Of the requests to keep, `https://shop.example`. Default: the one with most requests. */
  readonly origin?: string
}

/** `common` and `combined` are those of Apache and nginx, `json` has an object on each line. */
export type AccessLogFormat = 'common' | 'combined' | 'json'

/** Options of `fromAccessLog()`. */
export interface AccessLogOptions extends RecordingOptions {
  /** Lines of another format are no requests then. Default: seen line by line. */
  readonly format?: AccessLogFormat
  /** Name of the host whose requests to keep, for a log of several that names it. Default: all. */
  readonly host?: string
}
