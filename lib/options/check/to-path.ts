import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nonEmpty } from './fields.js'
import { parse } from './parse.js'
import { invalidOption } from './check-object.js'

/**
 * An absolute path from a path (relative to `folder`), a `file:` URL, or the text of one.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function toPath(name: string, value: unknown, folder: string): string {
  const text = isUrl(value) ? value.href : parse(nonEmpty, value, name)
  if (isAbsolute(text)) return text
  if (!isUrl(value) && !text.startsWith('file:')) return resolve(folder, text)
  try {
    return fileURLToPath(text)
  } catch (cause) {
    throw invalidOption(`${name} must be a path or a file: URL, got ${text}`, { cause })
  }
}

/** Whether it is a `URL`, also one of another realm. */
export function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]'
}
