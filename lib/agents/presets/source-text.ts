import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isFile, isFolder } from '../../system/file-exists.js'
import { findPackage } from '../find-package.js'

/** Text of a file of a package; empty where this version has no such file. The agent's own code is never run here. */
export function sourceText(root: string, ...parts: readonly string[]): string {
  const file = join(root, ...parts)
  return isFile(file) ? readFileSync(file, 'utf8') : ''
}

/** The CommonJS sources of a folder of a package, folders in it included. */
export function sourceTexts(root: string, ...parts: readonly string[]): string[] {
  const folder = join(root, ...parts)
  if (!isFolder(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sourceTexts(folder, entry.name)
    return /\.c?js$/.test(entry.name) ? [readFileSync(join(folder, entry.name), 'utf8')] : []
  })
}

/** What the first group that took part found, each text once. */
export function allMatches(text: string, pattern: RegExp): string[] {
  const found = [...text.matchAll(pattern)].map(
    match => match.slice(1).find(group => (group as string | undefined) !== undefined) ?? '',
  )
  return [...new Set(found)].filter(name => name !== '')
}

/** Folder of a package that another one depends on: beside where that one really is. */
export function dependencyRoot(root: string, name: string): string | undefined {
  return findPackage(name, [realpathSync(root)])?.root
}

/** Name of the package, or of the part of Node, that a path of a module belongs to. */
export function packageOfPath(path: string): string {
  const parts = path.replace(/^node:/, '').split('/')
  return parts.slice(0, path.startsWith('@') ? 2 : 1).join('/')
}
