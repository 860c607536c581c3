import { showValue, invalidOption } from './check-object.js'

/**
 * The value as a string that can be handed to a process.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidOption(`${name} must be a string, got ${showValue(value)}`)
  if (value.includes('\0')) throw invalidOption(`${name} must not contain a null character`)
  return value
}

/** As {@link checkText}, and not empty. */
export function checkName(name: string, value: unknown): string {
  const text = checkText(name, value)
  if (text.trim() === '') throw invalidOption(`${name} must not be empty`)
  return text
}

/** The value as a list of strings. */
export function checkTexts(name: string, value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw invalidOption(`${name} must be an array of strings, got ${showValue(value)}`)
  }
  return value.map((element, index) => checkText(`${name}[${index}]`, element))
}

/** The value as one of a few words. */
export function checkChoice<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find(one => one === value)
  if (choice !== undefined) return choice
  throw invalidOption(
    `${name} must be ${choices.map(one => `'${one}'`).join(' or ')}, got ${showValue(value)}`,
  )
}
