import { looksLikeData } from '../../options/redact/mask-key.js'
import type { NameRule } from './new-strings.js'

const LONGEST_FUNCTION_NAME = 80
/** What V8 puts before the names of functions and accessors. */
const PREFIXES = /^(?:(?:get|set|bound|async|static) )+/
const OF_V8 =
  /^\([\w .-]{1,100}\)$|^(?:system|Node) \/ [\w ().:<>,*&/-]{1,80}$|^[A-Z][\w-]*(?: [A-Z]\w*)* Iterator$/
const V8_CHARACTERS = /^[\w ./:()<>#*&,[\]+-]{0,100}$/

/** Of properties. */
export const isKey: NameRule = text => !looksLikeData(text.replace(PREFIXES, ''))

/** Of functions and classes. */
export const isFunctionName: NameRule = text =>
  OF_V8.test(text) ||
  !looksLikeData(text.replace(PREFIXES, '').replace(/^\[(.*)\]$/, '$1'), LONGEST_FUNCTION_NAME)

/** Of what V8 and Node describe themselves: parts of objects, roots, native memory. */
export const isV8Description: NameRule = text => V8_CHARACTERS.test(text) && !/\d{6}/.test(text)
