import * as v from 'valibot'
import { IsolateLeakError } from '../../errors.js'
import { isPlainObject, showValue } from './check-object.js'
import { closestName } from './closest-name.js'

/** What checks one value, and what it is then. */
export type Field<Value> = v.GenericSchema<unknown, Value>

/** What an issue expects of a name that is refused with a reason of its own. */
const SUPPORTED = 'a supported option'

/**
 * The value as its schema has it, defaults filled in.
 * @param place what it is called in messages; with a blank at its end what stands before the names of its fields: `http(): `
 * @param owner what it is called where one of its fields is not known; by default `place`
 * @throws IsolateLeakError `ERR_OPTION_INVALID` with the first thing that is wrong, or `ERR_OPTION_UNSUPPORTED`
 */
export function parse<Value>(
  schema: Field<Value>,
  value: unknown,
  place: string,
  owner: string = place.replace(/: $/, ''),
): Value {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [{ path, message, expected }] = result.issues
  const name = path === undefined ? owner : placeOf(place, path)
  throw expected === SUPPORTED
    ? new IsolateLeakError('ERR_OPTION_UNSUPPORTED', `${name}: ${message}`)
    : new IsolateLeakError('ERR_OPTION_INVALID', `${name} ${message}`)
}

/** What a field is called: `agents[0].name`. */
export function placeOf(place: string, path: readonly { readonly key: unknown }[]): string {
  return path.reduce((before, { key }) => before + step(before, key), place)
}

function step(before: string, key: unknown): string {
  if (typeof key === 'number') return `[${String(key)}]`
  return before === '' || before.endsWith(' ') ? String(key) : `.${String(key)}`
}

/** What a message says of a value that is not as wanted; the rest of a sentence that begins with its name. */
export function got(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `must be ${wanted}, got ${showValue(input)}`
}

/** An object that holds options, with any fields. */
export const anyOptions: Field<Readonly<Record<string, unknown>>> = v.custom<
  Readonly<Record<string, unknown>>
>(isPlainObject, got('an object'))

/** What an object of options is, without the fields that are `undefined`. */
type Given<Entries extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<Entries, undefined>>

/**
 * An object with these fields and no others: a misspelled option is an option that does nothing.
 * @param refused fields that are refused with a reason of their own, as `ERR_OPTION_UNSUPPORTED`
 */
export function optionsOf<const Entries extends v.ObjectEntries>(
  entries: Entries,
  refused: Readonly<Record<string, string>> = {},
): Field<Given<Entries>> {
  const known = Object.keys(entries)
  const isUnknown = (given: object, name: string): boolean =>
    Reflect.get(given, name) !== undefined && !known.includes(name)
  return v.pipe(
    anyOptions,
    v.rawCheck(({ dataset, addIssue }) => {
      const given = dataset.typed ? dataset.value : {}
      const name = Object.keys(given).find(one => isUnknown(given, one))
      if (name === undefined) return
      if (Object.hasOwn(refused, name)) {
        addIssue({ message: `${name} is not supported: ${String(refused[name])}`, expected: SUPPORTED })
        return
      }
      const meant = closestName(name, known)
      const hint = meant === undefined ? `it has ${known.join(', ')}` : `did you mean ${meant}?`
      addIssue({ message: `has no option named '${name}': ${hint}` })
    }),
    // A field that is missing is told as one that is not what it has to be.
    v.transform(given => ({ ...Object.fromEntries(known.map(one => [one, undefined])), ...given })),
    v.object(entries),
    v.transform(
      given =>
        Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined)) as Given<Entries>,
    ),
  )
}
