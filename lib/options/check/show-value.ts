const MAX_CHARACTERS = 60

/** A value as it is named in a message: short, and without the contents of objects. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}

function quoted(text: string): string {
  return `'${text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text}'`
}
