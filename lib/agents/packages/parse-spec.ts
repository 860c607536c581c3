import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import { invalidOption } from '../../options/check/check-object.js'
import { redactText } from '../../options/redact/redact-text.js'
import { isRange } from './satisfies-version.js'

/** A package as it is asked for. */
export type PackageSpec = RegistrySpec | SourceSpec

/** A package of the registry. */
export interface RegistrySpec {
  readonly kind: 'version' | 'range' | 'tag'
  readonly text: string
  readonly name: string
  /** The version, the range or the tag. */
  readonly wanted: string
}

/** A package that lies in a folder or a tarball. */
export interface SourceSpec {
  readonly kind: 'folder-or-tarball' | 'url'
  /** As it was given, without secrets. */
  readonly text: string
  /** Absolute path, or address. */
  readonly source: string
}

const NAMED = /^((?:@[\w~][\w.~-]*\/)?[\w~][\w.~-]*)(?:@(.*))?$/s
const PATH = /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|~[\\/]|[a-z]:[\\/])|\.(?:tgz|tar\.gz|tar)$/i

/**
 * Reads `name`, `name@5.20.0`, `name@^5.20`, `name@next`, a path or an address of a tarball, a path of a folder.
 * @param cwd folder that relative paths start from
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for anything else
 */
export function parseSpec(text: string, cwd: string): PackageSpec {
  if (/^https?:\/\//i.test(text)) return { kind: 'url', text: redactText(text), source: text }
  const named = NAMED.exec(text)
  if (text.startsWith('file:') || (PATH.test(text) && !(named?.[1] ?? '').startsWith('@')))
    return { kind: 'folder-or-tarball', text, source: toPath(text, cwd) }
  const [, name, version = ''] = named ?? []
  if (name === undefined || name.length > 214) throw notASpec(text)
  const wanted = version.trim()
  if (wanted === '') return { kind: 'tag', text, name, wanted: 'latest' }
  const exact = semver.valid(wanted)
  if (exact !== null) return { kind: 'version', text, name, wanted: exact }
  if (isRange(wanted)) return { kind: 'range', text, name, wanted }
  if (/^[a-z][\w.-]*$/i.test(wanted)) return { kind: 'tag', text, name, wanted }
  throw notASpec(text)
}

function toPath(text: string, cwd: string): string {
  if (/^file:\/\//i.test(text)) return fileURLToPath(text)
  const path = text.replace(/^file:/, '')
  return path.startsWith('~') ? join(homedir(), path.slice(1)) : resolve(cwd, path)
}

function notASpec(text: string): Error {
  return invalidOption(
    `a package is expected as 'name', 'name@1.2.3', 'name@^1.2', 'name@tag', './folder' or a tarball, got '${redactText(text)}'`,
  )
}
