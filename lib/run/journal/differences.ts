import { isDeepStrictEqual } from 'node:util'

/** Names of what differs between two plain values, one level deep: `settings.operations`. Order and absence count. */
export function differences(name: string, a: unknown, b: unknown): string[] {
  if (isDeepStrictEqual(a, b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a))
    return [name]
  const [left, right] = [a, b] as readonly Record<string, unknown>[]
  const keys = [...new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])]
  return keys.filter(key => !isDeepStrictEqual(left?.[key], right?.[key])).map(key => `${name}.${key}`)
}
