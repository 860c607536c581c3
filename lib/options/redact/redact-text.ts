import { maskNamedValues } from './mask-named-values.js'

/** What stands in place of a secret. */
export const MASK = '***'

const SECRET_NAME =
  /keys?(?![a-z])|token|secret|pass(?![a-z])|passw|passphrase|pwd|auth(?!or(?:s|ed)?(?![a-z]))|cred|signature|dsn|cookie|session[-_]?id|connection[-_]?string|private|licen[cs]e|bearer/i

/** Folders, which every shell exports. */
const NO_SECRET = /^(?:OLD|INIT_)?PWD$/

/** Whether a variable, a flag or a field of this name holds something that must not be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !NO_SECRET.test(name)
}

// every pattern starts behind a look-behind, so that long words are scanned once
const URL_CREDENTIALS = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s/@?#'"]+@/gi
const BEARER = /\b(bearer|apikey)\s+[\w.~+/=:-]{6,}/gi
const BASIC = /\b(basic)\s+(?=\S*[0-9=])[\w+/=]{8,}/gi

/** Masks what looks like a secret in a text: credentials in URLs, authorization headers, `token=...`. */
export function redactText(text: string): string {
  const named = maskNamedValues(text.replace(URL_CREDENTIALS, `$1${MASK}@`), MASK, isSecretName)
  return named.replace(BEARER, `$1 ${MASK}`).replace(BASIC, `$1 ${MASK}`)
}

/** Masks arguments of a command: `--api-key=x`, `--api-key x`, `DD_API_KEY=x`, and what {@link redactText} finds. */
export function redactArguments(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const before = args[index - 1]
    const isValue = before !== undefined && /^--?[a-z][\w-]*$/i.test(before) && !argument.startsWith('-')
    if (isValue && isSecretName(before)) return MASK
    const name = /^-{0,2}[\w.-]+(?==)/.exec(argument)?.[0]
    return name !== undefined && isSecretName(name) ? `${name}=${MASK}` : redactText(argument)
  })
}
