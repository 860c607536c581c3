import { IsolateLeakError } from '../../errors.js'
import { closestName } from './closest-name.js'
import { invalidOption } from './invalid-option.js'

/**
 * Refuses names that nobody reads, since a misspelled option is an option that does nothing.
 *
 * @param owner what has the names, for messages: `isolateLeak()`, `entry`, `agent 'a'`
 * @param unsupported names that are refused with a reason of their own
 * @throws IsolateLeakError `ERR_OPTION_UNSUPPORTED` with that reason, or `ERR_OPTION_INVALID` with the name that
 * was probably meant
 */
export function checkNames(
  owner: string,
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  unsupported: Readonly<Record<string, string>> = {},
): void {
  for (const name of Object.keys(value)) {
    if (value[name] === undefined || known.includes(name)) continue
    if (Object.hasOwn(unsupported, name)) {
      throw new IsolateLeakError(
        'ERR_OPTION_UNSUPPORTED',
        `${owner}: ${name} is not supported: ${String(unsupported[name])}`,
      )
    }
    const meant = closestName(name, known)
    const hint = meant === undefined ? `it has ${known.join(', ')}` : `did you mean ${meant}?`
    throw invalidOption(`${owner} has no option named '${name}': ${hint}`)
  }
}
