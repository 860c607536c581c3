import { ByteWindow, isWhitespace, peek, take } from '../../heap/parse/byte-window.js'
import { JsonSkipper } from '../../heap/parse/json-skipper.js'
import { SnapshotInvalidError } from '../../heap/snapshot-invalid-error.js'
import { MAX_REQUEST_BYTES } from './gather.js'
import { badRecording, openRecording } from './open-recording.js'

/** Stands for a value that is too long to be kept. */
export const TOO_LONG: unique symbol = Symbol('too long')

/** What is kept of an entry: its request as it stands there, and what says how it was answered. */
export interface HarEntry {
  /** `undefined`: there is none. */
  readonly request: unknown
  readonly status: unknown
  /** The browser had the answer. */
  readonly isFromCache: boolean
}

/** Longest name or short value that is read. */
const SHORT_BYTES = 1024
const WHAT = 'a HAR file'

type Reading<Result = void> = Generator<undefined, Result>

/**
 * Reads a HAR file piece by piece. Answers, which are most of it, are passed over and never held.
 * @throws IsolateLeakError `ERR_RECORDING` where it cannot be read, or is none
 */
export async function readHar(path: string, onEntry: (entry: HarEntry) => void): Promise<void> {
  const window = new ByteWindow(null)
  const parsing = readDocument(window, onEntry)
  try {
    let hasEntries = parsing.next()
    for await (const piece of openRecording(path, WHAT)) {
      window.fill(piece)
      hasEntries = parsing.next()
    }
    window.isLast = true
    hasEntries = parsing.next()
    if (hasEntries.value !== true)
      throw badRecording(`expected ${WHAT} at ${path}, got JSON without log.entries`)
  } catch (error) {
    if (!(error instanceof SnapshotInvalidError)) throw error
    // Its message shows a little of the file, which may be of a secret.
    const isCut = window.isLast && error.offset === window.base + window.bytes.length
    const got = isCut
      ? `the end at byte ${error.offset}, too early`
      : `something else from byte ${error.offset} on`
    throw badRecording(`expected ${WHAT} at ${path}, got ${got}`)
  }
}

/** Whether there is a list of entries. */
function* readDocument(window: ByteWindow, onEntry: (entry: HarEntry) => void): Reading<boolean> {
  let hasEntries = false
  yield* eachProperty(window, function* (name) {
    if (name !== 'log') return yield* skip(window)
    yield* eachProperty(window, function* (inner) {
      if (inner !== 'entries') return yield* skip(window)
      hasEntries = true
      yield* eachElement(window, function* () {
        onEntry(yield* readEntry(window))
      })
    })
  })
  for (;;) {
    while (isWhitespace(window.bytes[window.at])) window.at++
    if (window.at < window.bytes.length) throw window.invalid('the end')
    if (window.isLast) return hasEntries
    yield undefined
  }
}

function* readEntry(window: ByteWindow): Reading<HarEntry> {
  let request: unknown
  let status: unknown
  let isFromCache = false
  yield* eachProperty(window, function* (name) {
    if (name === 'request') request = yield* keep(window, MAX_REQUEST_BYTES)
    else if (name === '_fromCache') isFromCache = (yield* keep(window, SHORT_BYTES)) !== null
    else if (name !== 'response') yield* skip(window)
    else {
      yield* eachProperty(window, function* (inner) {
        if (inner === 'status') status = yield* keep(window, SHORT_BYTES)
        else yield* skip(window)
      })
    }
  })
  return { request, status, isFromCache }
}

function* eachProperty(window: ByteWindow, read: (name: string) => Reading): Reading {
  yield* eachOf(window, '{', '}', function* () {
    if ((yield* peek(window, 'a name')) !== 0x22) throw window.invalid('a name')
    const name = yield* keep(window, SHORT_BYTES)
    yield* take(window, ':')
    yield* read(String(name))
  })
}

function eachElement(window: ByteWindow, read: () => Reading): Reading {
  return eachOf(window, '[', ']', read)
}

function* eachOf(window: ByteWindow, open: string, close: string, read: () => Reading): Reading {
  yield* take(window, open)
  const end = close.charCodeAt(0)
  for (let isFirst = true; (yield* peek(window, close)) !== end; isFirst = false) {
    if (!isFirst) yield* take(window, ',')
    yield* read()
  }
  window.at++
}

function skip(window: ByteWindow): Reading {
  return new JsonSkipper().read(window)
}

/** The next value; {@link TOO_LONG} where it has more bytes than it may have, of which none is held then. */
function* keep(window: ByteWindow, maxBytes: number): Reading<unknown> {
  let parts: Buffer[] = []
  let bytes = 0
  const reading = skip(window)
  for (;;) {
    const from = window.at
    const { done } = reading.next()
    bytes += window.at - from
    if (bytes > maxBytes) parts = []
    else parts.push(Buffer.from(window.bytes.subarray(from, window.at)))
    if (done === true) break
    yield undefined
  }
  return bytes > maxBytes ? TOO_LONG : (JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown)
}
