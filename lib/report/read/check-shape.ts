import { isRecord } from '../../options/check/is-record.js'
import { showValue } from '../../options/check/show-value.js'

/** What a value of JSON has to be: a word, one of some, a list of things, or an object with these fields. */
export type Shape =
  | 'string'
  | 'number'
  | 'number or null'
  | 'object'
  | readonly string[]
  | { readonly every: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> }

/**
 * Says what is wrong with a value, nearest to its beginning: `expected components[0].name to be a string, got 7`;
 * `null`: nothing. Fields beyond those asked for are allowed.
 */
export function shapeFault(value: unknown, shape: Shape, name: string): string | null {
  if (typeof shape === 'string') return fits(value, shape) ? null : fault(name, article(shape), value)
  if (isWords(shape)) {
    const words = shape.map(word => `'${word}'`).join(' or ')
    return typeof value === 'string' && shape.includes(value) ? null : fault(name, words, value)
  }
  if ('every' in shape) {
    if (!Array.isArray(value)) return fault(name, 'an array', value)
    return firstFault(value.map((one, index) => [one, shape.every, `${name}[${String(index)}]`]))
  }
  if (!isRecord(value)) return fault(name, 'an object', value)
  return firstFault(
    Object.entries(shape.fields).map(([field, one]) => [
      value[field],
      one,
      name === '' ? field : `${name}.${field}`,
    ]),
  )
}

function firstFault(parts: readonly (readonly [unknown, Shape, string])[]): string | null {
  for (const part of parts) {
    const found = shapeFault(...part)
    if (found !== null) return found
  }
  return null
}

function isWords(shape: Exclude<Shape, string>): shape is readonly string[] {
  return Array.isArray(shape)
}

function fits(value: unknown, kind: Extract<Shape, string>): boolean {
  if (kind === 'object') return isRecord(value)
  if (kind === 'number or null') return typeof value === 'number' || value === null
  return typeof value === kind
}

function article(kind: Extract<Shape, string>): string {
  return kind === 'object' ? 'an object' : `a ${kind}`
}

function fault(name: string, wanted: string, value: unknown): string {
  const got = value === undefined ? 'nothing' : showValue(value)
  return `expected ${name === '' ? 'the whole' : name} to be ${wanted}, got ${got}`
}
