import { isSecretName, MASK, redactArguments, redactText } from '../../options/redact/redact-text.js'

/** Shorter values (`1`, `true`, `prod`) occur everywhere. */
const SHORTEST_SECRET = 6
/** Headers of exporters carry keys under names of their own. */
const HEADERS = /headers?$/i

/** Tells what may be shown of a process. */
export interface Secrets {
  isSecret(name: string, value: string): boolean
  /** Arguments with `***` in place of secrets. */
  masked(args: readonly string[]): string[]
}

/** What is secret in the environment of a process is so wherever its value occurs. */
export function secretsOf(env: Readonly<Record<string, string>>): Secrets {
  const bySelf = (name: string, value: string): boolean =>
    isSecretName(name) || HEADERS.test(name) || redactText(value) !== value
  const values = Object.entries(env)
    .filter(([name, value]) => value.length >= SHORTEST_SECRET && bySelf(name, value) && !isPath(value))
    .map(([, value]) => value)
    .sort((a, b) => b.length - a.length)
  const holdsOne = (text: string): boolean => values.some(value => text.includes(value))
  return {
    isSecret: (name, value) => bySelf(name, value) || holdsOne(value),
    masked: args => redactArguments(args).map(text => (holdsOne(text) ? mask(text, values) : text)),
  }
}

/** `SSH_AUTH_SOCK` and the like name files, which may well be named elsewhere. */
function isPath(value: string): boolean {
  return /^\/[\w./@+-]*$/.test(value)
}

function mask(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, MASK), text)
}
