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

/** A name with its separator, as in `name=`, `name: "`, `"name":`. The look-behind has long words scanned once. */
const NAME = /(?<![\w.-])([\w.-]+)(["']?\s?([=:])\s?)/g
/** A quoted value, or one that ends at a separator. */
const VALUE = /"[^"]*"|'[^']*'|[^\s&;,'"]+/y
/** Value of a header: to the end of the line, or of the quotes around it. */
const HEADER_VALUE = /"[^"]*"|'[^']*'|[^\r\n'",]+/y
const HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-.*)$/i

/** Puts a mask in place of values whose name says that they are secret; a value within another is found as well. */
function maskNamedValues(text: string, mask: string, isSecret: (name: string) => boolean): string {
  let result = ''
  let copied = 0
  for (const match of text.matchAll(NAME)) {
    const [all, name = '', , separator] = match
    const start = match.index + all.length
    if (match.index < copied || !isSecret(name)) continue
    const isHeader = separator === ':' && HEADER.test(name)
    const quoted = all.includes('"') || all.includes("'") || /["']/.test(text.charAt(start))
    // a colon alone is prose
    if (separator === ':' && !isHeader && !quoted) continue
    const value = isHeader ? HEADER_VALUE : VALUE
    value.lastIndex = start
    const found = value.exec(text)
    if (found === null) continue
    result += text.slice(copied, start) + mask
    copied = start + found[0].length
  }
  return result + text.slice(copied)
}
