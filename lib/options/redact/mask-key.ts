const LONGEST_NAME = 40
/** Of names of packages: they are in every path as well. */
const SCOPED_PACKAGE = /^@[a-z][a-z0-9-]*\/[a-z][a-z0-9._-]*$/
/** What names in programs, headers and attributes are made of. */
const NAME_CHARACTERS = /^[\w$.:#[\]<>-]*$/
const SYMBOL = /^<?symbol (.*?)>?$/
const DIGIT_RUN = /\d{4}/
const HEXADECIMAL = /(?:^|[^a-z0-9])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:$|[^a-z0-9])|[0-9a-f]{16}/i
/** As programmers divide names: by case, digits and separators. */
const PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g
const CONSONANTS_ONLY = /^[b-df-hj-np-tv-xz]{12,}$/

/**
 * Puts the length of a name in its place if it looks like data: an address, an identifier, a token. What looks written by a
 * programmer stays: `requestCount`, `content-type`, `http.method`. A guess in both directions; a plain word is taken for a name.
 */
export function maskKey(name: string): string {
  return looksLikeData(name) ? `<${String(name.length)} chars>` : name
}

/**
 * Whether a name of a property looks like the data of somebody rather than like a name that a programmer gave.
 * @param longest names that are longer do, characters
 */
export function looksLikeData(name: string, longest: number = LONGEST_NAME): boolean {
  const symbol = SYMBOL.exec(name)?.[1]
  // Descriptions of symbols are sentences sometimes.
  if (symbol !== undefined) return looksLikeData(symbol.replace(/ /g, '_'), longest)
  if (name.length > longest) return true
  if (SCOPED_PACKAGE.test(name)) return looksRandom(name)
  return !NAME_CHARACTERS.test(name) || looksRandom(name)
}

function looksRandom(name: string): boolean {
  if (DIGIT_RUN.test(name) || HEXADECIMAL.test(name)) return true
  const parts = name.match(PARTS) ?? []
  const digits = name.replace(/\D/g, '').length
  const isMixed = name.length >= 6 && digits / name.length >= 0.25 && turns(name) >= 3
  const isChopped = name.length >= 12 && parts.length >= 5 && parts.join('').length / parts.length < 2.3
  return isMixed || isChopped || CONSONANTS_ONLY.test(name)
}

/** How often letters follow digits or digits letters. */
function turns(name: string): number {
  return (name.match(/\d+|[a-z]+/gi) ?? []).length - 1
}
