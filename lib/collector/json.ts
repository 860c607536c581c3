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
