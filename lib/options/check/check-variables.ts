import { checkObject } from './check-object.js'
import { invalidOption } from './invalid-option.js'

/**
 * Environment variables: strings, or `undefined` for those to unset. Messages never show values, which may be secrets.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkVariables(name: string, value: unknown): Record<string, string | undefined> {
  const variables = checkObject(name, value)
  const checked: Record<string, string | undefined> = {}
  for (const [variable, text] of Object.entries(variables)) {
    if (variable === '' || /[=\0]/.test(variable)) {
      throw invalidOption(`${name} has a variable named '${variable}', which no process can have`)
    }
    if (text !== undefined && typeof text !== 'string') {
      const got = text === null ? 'null' : typeof text
      throw invalidOption(
        `${name}.${variable} must be a string, or undefined to unset the variable, got a value of type ${got}`,
      )
    }
    if (text?.includes('\0')) throw invalidOption(`${name}.${variable} must not contain a null character`)
    checked[variable] = text
  }
  return checked
}
