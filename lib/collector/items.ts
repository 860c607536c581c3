import type { ReceivedItems } from '../types/index.js'

/** {@link ReceivedItems} while they are counted. */
export type ItemCount = { -readonly [Key in keyof ReceivedItems]: ReceivedItems[Key] }

export const noItems = (): ItemCount => ({ entries: 0, spans: 0, errors: 0, metrics: 0, logs: 0 })

/** Adds `more` to `count`. */
export const addItems = (count: ItemCount, more: ReceivedItems): void => {
  count.entries += more.entries
  count.spans += more.spans
  count.errors += more.errors
  count.metrics += more.metrics
  count.logs += more.logs
}

/** One span, of a request that the application served or of something else. */
export const addSpan = (
  count: ItemCount,
  span: { readonly entry: boolean; readonly error: boolean },
): void => {
  count.spans += 1
  if (span.entry) count.entries += 1
  if (span.error) count.errors += 1
}

/** Members of an object; of what is not there, none. */
export const members = (value: unknown): Readonly<Record<string, unknown>> => {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TypeError(`expected an object, got ${Array.isArray(value) ? 'a list' : typeof value}`)
}

/** Elements of a list; of what is not there, none. */
export const elements = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new TypeError(`expected a list, got ${typeof value}`)
}

export const parsed = (body: Buffer): unknown => JSON.parse(body.toString()) as unknown

/** Lines that are not empty. */
export const linesOf = (body: Buffer): readonly string[] =>
  body
    .toString()
    .split('\n')
    .filter(line => line.trim() !== '')
