import * as v from 'valibot'
import { placeOf } from '../../options/check/parse.js'
import { isRecord, showValue } from '../../options/check/check-object.js'

/** What a value of a file that others may have written has to be. */
export type Readable<Value> = v.GenericSchema<unknown, Value>

/** What is wrong with a value, nearest to its beginning: `expected components[0].name to be a string, got 7`; `null`: nothing. */
export function faultOf(shape: Readable<unknown>, value: unknown): string | null {
  const { issues } = v.safeParse(shape, value, { abortEarly: true })
  if (issues === undefined) return null
  const [{ path, message }] = issues
  return `expected ${path === undefined ? 'the whole' : placeOf('', path)} ${message}`
}

type Message = (issue: { readonly input: unknown }) => string

function toBe(wanted: string): Message {
  return ({ input }) => `to be ${wanted}, got ${input === undefined ? 'nothing' : showValue(input)}`
}

export const text: Readable<string> = v.string(toBe('a string'))
export const number: Readable<number> = v.number(toBe('a number'))
export const numberOrNull: Readable<number | null> = v.nullable(v.number(toBe('a number or null')))

/** One of some. */
export function word<const Word extends string>(...words: readonly Word[]): Readable<Word> {
  return v.picklist(words, toBe(words.map(one => `'${one}'`).join(' or ')))
}

export function orNull<Value>(shape: Readable<Value>): Readable<Value | null> {
  return v.nullable(shape)
}

/** A field that earlier versions did not write. */
export function optional<Value>(shape: Readable<Value>): v.OptionalSchema<Readable<Value>, undefined> {
  return v.optional(shape, undefined)
}

export function list<Item>(item: Readable<Item>): Readable<readonly Item[]> {
  return v.array(item, toBe('an array'))
}

/** Fields beyond those asked for are allowed; one that is missing is told as one that is not what it has to be. */
export function object<const Fields extends v.ObjectEntries>(
  fields: Fields,
): Readable<v.InferOutput<v.ObjectSchema<Fields, undefined>>> {
  const missing = Object.fromEntries(Object.keys(fields).map(name => [name, undefined]))
  return v.pipe(
    v.custom<object>(isRecord, toBe('an object')),
    v.transform(given => ({ ...missing, ...given })),
    v.object(fields),
  )
}
