import { isAbsolute } from 'node:path'

/** What a string in `agents`, `require` or `import` can mean. */
export type Specifier =
  | { readonly kind: 'path' }
  | { readonly kind: 'package'; readonly name: string; readonly subpath: string }
  | { readonly kind: 'versioned'; readonly name: string; readonly version: string }
  | { readonly kind: 'invalid' }

const PACKAGE = /^(?<name>(?:@[\w.~-]+\/)?[\w~-][\w.~-]*)(?:@(?<version>[^/]+))?(?<subpath>\/.+)?$/

/** Reads a specifier as Node does; whether a bare name is meant as a file is for the caller to find out. */
export function parseSpecifier(text: string): Specifier {
  if (/^\.{0,2}\//.test(text) || /^\.\.?\\/.test(text) || text.startsWith('file:') || isAbsolute(text)) {
    return { kind: 'path' }
  }
  const { name, version, subpath = '' } = PACKAGE.exec(text)?.groups ?? {}
  if (name === undefined) return { kind: 'invalid' }
  return version === undefined ? { kind: 'package', name, subpath } : { kind: 'versioned', name, version }
}
