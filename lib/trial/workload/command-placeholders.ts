import { closestName } from '../../options/check/closest-name.js'
import { invalidOption } from '../../options/check/check-object.js'

/** What a load generator can be told of its round. */
const NAMES = ['url', 'port', 'host', 'operations', 'index', 'round'] as const

/** `${name}` and `%{name}` are the shell's and curl's, and stay as they are. */
const PLACEHOLDER = /\{\{([A-Za-z]\w*)\}\}|(?<![$%])\{([A-Za-z]\w*)\}/g

/** Names of the placeholders in a text. `{{name}}` is none: it stands for `{name}`. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([, , name]) => name ?? [])
}

/** @throws IsolateLeakError `ERR_OPTION_INVALID` for a placeholder that nothing is known of */
export function checkPlaceholders(name: string, text: string): void {
  const unknown = placeholdersIn(text).find(one => !NAMES.some(known => known === one))
  if (unknown === undefined) return
  const meant = closestName(unknown, NAMES)
  const hint =
    meant === undefined ? `it may have ${NAMES.map(shown).join(', ')}` : `did you mean ${shown(meant)}`
  throw invalidOption(
    `${name} has no placeholder ${shown(unknown)}: ${hint}; the text ${shown(unknown)} is written {${shown(unknown)}}`,
  )
}

/** A text with the values of its placeholders. */
export function fillIn(
  text: string,
  values: Readonly<Record<(typeof NAMES)[number], string | number>>,
): string {
  return text.replaceAll(PLACEHOLDER, (_, literal: string | undefined, name: keyof typeof values) =>
    literal === undefined ? String(values[name]) : shown(literal),
  )
}

function shown(name: string): string {
  return `{${name}}`
}
