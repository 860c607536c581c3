import { lockfileError, manifestNeeds, type LockedTree, type Place } from './locked-tree.js'
import { nameAndRange, yarnTree, type YarnEntry } from './yarn-tree.js'

const TOKEN = /^(?:"(?:[^"\\]|\\.)*"|[^\s,:"]+)/
const NEEDS = new Set(['dependencies', 'optionalDependencies'])

interface Open extends YarnEntry {
  readonly descriptors: readonly string[]
  version: string
  readonly needs: (readonly [name: string, range: string])[]
}

/**
 * Reads a yarn.lock of Yarn 1. It does not say what the application itself depends on: its package.json does.
 * @throws IsolateLeakError `ERR_LOCKFILE` with the line that is none of its syntax
 */
export function readYarnClassic(text: string, place: Place): LockedTree {
  const entries = entriesOf(text)
  const direct = place.folders.flatMap(folder => manifestNeeds(place.manifest(folder)))
  return yarnTree(entries, direct, place)
}

function entriesOf(text: string): readonly Open[] {
  const entries: Open[] = []
  let isList = false
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const indent = line.search(/\S/)
    const wrong = (): Error =>
      lockfileError(`line ${String(index + 1)} is none of a yarn.lock: ${content.slice(0, 60)}`)
    const { tokens, isHead } = tokensOf(content, wrong)
    const entry = entries.at(-1)
    if (indent === 0) {
      if (!isHead || tokens.length === 0) throw wrong()
      entries.push({ descriptors: tokens, version: '', isInstallable: tokens.every(isOfRegistry), needs: [] })
    } else if (entry === undefined) {
      throw wrong()
    } else if (indent === 2) {
      const [field = '', value] = tokens
      isList = isHead && NEEDS.has(field)
      if (field === 'version' && value !== undefined) entry.version = value
    } else if (isList) {
      const [name, range] = tokens
      if (name === undefined || range === undefined) throw wrong()
      entry.needs.push([name, range])
    }
  }
  return entries
}

/** What is asked for by address, path or repository is of no registry. */
function isOfRegistry(descriptor: string): boolean {
  const [, range] = nameAndRange(descriptor)
  return range.startsWith('npm:') || !/[:/]/.test(range)
}

/** The texts of a line, in quotes or without, and whether it ends with the colon of what has lines below it. */
function tokensOf(
  content: string,
  wrong: () => Error,
): { readonly tokens: readonly string[]; readonly isHead: boolean } {
  const tokens: string[] = []
  let rest = content
  while (rest !== '') {
    if (rest === ':') return { tokens, isHead: true }
    const [token] = TOKEN.exec(rest) ?? []
    if (token === undefined) throw wrong()
    tokens.push(token.startsWith('"') ? unquoted(token, wrong) : token)
    rest = rest.slice(token.length).replace(/^(?:,\s*|\s+)/, '')
  }
  return { tokens, isHead: false }
}

function unquoted(token: string, wrong: () => Error): string {
  try {
    return String(JSON.parse(token))
  } catch {
    throw wrong()
  }
}
