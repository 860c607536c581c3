import type { HeapEdge, SourceLocation } from '../heap-snapshot.js'
import { createPackageFinder } from './package-of-script.js'
import type { Place, Places } from './places.js'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Says where the code behind a node is, with what the disk tells about it. */
interface Locator {
  /** `null` where the snapshot does not tell. */
  location(node: number): SourceLocation | null
  /** With the package and, where there is a source map, the original. */
  describe(place: Place): SourceLocation
}

/** Packages and source maps are read when they are first asked for, each once. */
export function createLocator(places: Places, retainers: (node: number) => readonly HeapEdge[]): Locator {
  const packageOf = createPackageFinder()
  const originalOf = createOriginalPlaces()
  const described = new Map<string, SourceLocation>()
  const describe = (place: Place): SourceLocation => {
    const key = `${String(place.line)}:${String(place.column)}:${place.script}`
    let location = described.get(key)
    if (location === undefined) {
      const original = originalOf(place)
      location = { ...place, package: packageOf(place.script), ...(original === null ? {} : { original }) }
      described.set(key, location)
    }
    return location
  }
  return {
    describe,
    location(node) {
      const place = places.derived(node, retainers)
      return place === null ? null : describe(place)
    },
  }
}

/** Of scripts and of source maps; what is larger is not read. */
const largestBytes = 32 * 1024 * 1024

/**
 * Where a source map says that a place came from, by the map that the script itself names: inline, or in a file of the script's
 * own folder or below. `null` without one, or where it cannot be read.
 */
function createOriginalPlaces(): (place: Place) => Place | null {
  const maps = new Map<string, SourceMap | null>()
  return place => {
    if (!path.isAbsolute(place.script)) return null
    let map = maps.get(place.script)
    if (map === undefined) {
      map = mapOf(place.script)
      maps.set(place.script, map)
    }
    return map === null ? null : originOf(map, place)
  }
}

function originOf(map: SourceMap, place: Place): Place | null {
  try {
    const entry = map.findEntry(place.line - 1, place.column - 1)
    if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return null
    const source = entry.originalSource
    const script = source.startsWith('file:')
      ? fileURLToPath(source)
      : /^[a-z][a-z0-9+.-]+:/iu.test(source)
        ? source
        : path.resolve(path.dirname(place.script), source)
    return { script, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  } catch {
    // A map that cannot be followed says nothing; the place in the script itself stands.
    return null
  }
}

function mapOf(script: string): SourceMap | null {
  try {
    const url = lastComment(readRegular(script))
    if (url === null) return null
    const { text, base } = /^data:/iu.test(url) ? { text: inline(url), base: script } : beside(script, url)
    const payload = JSON.parse(text) as SourceMapPayload
    if (!Array.isArray(payload.sources) || typeof payload.mappings !== 'string') return null
    const root = typeof payload.sourceRoot === 'string' ? payload.sourceRoot : ''
    const sources = payload.sources.map(source => {
      const joined = root === '' ? source : `${root.replace(/\/$/u, '')}/${source}`
      return /^[a-z][a-z0-9+.-]+:/iu.test(joined)
        ? joined
        : pathToFileURL(path.resolve(path.dirname(base), joined)).href
    })
    return new SourceMap({ ...payload, sources, sourceRoot: '' })
  } catch {
    // Missing, too large, or no source map: then there is no original to show.
    return null
  }
}

function lastComment(source: string): string | null {
  const at = source.lastIndexOf('# sourceMappingURL=')
  if (at < 2 || !['//', '/*'].includes(source.slice(at - 2, at))) return null
  return /^\S+/u.exec(source.slice(at + '# sourceMappingURL='.length))?.[0] ?? null
}

function inline(url: string): string {
  const comma = url.indexOf(',')
  const body = url.slice(comma + 1)
  return /;base64$/iu.test(url.slice(0, comma))
    ? Buffer.from(body, 'base64').toString()
    : decodeURIComponent(body)
}

function beside(script: string, url: string): { text: string; base: string } {
  const folder = path.dirname(script)
  const base = url.startsWith('file:') ? fileURLToPath(url) : path.resolve(folder, decodeURIComponent(url))
  const relative = path.relative(folder, base)
  if (relative.startsWith('..') || path.isAbsolute(relative))
    throw new RangeError(`${base} is not beside ${script}`)
  return { text: readRegular(base), base }
}

/** Never waits: a script's name may be anything, also that of a pipe. */
function readRegular(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile() || status.size > largestBytes)
      throw new RangeError(`${file} is no file of a readable size`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}
