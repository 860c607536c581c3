import { lstatSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { PackageOfScript } from '../heap-snapshot.js'

/** No package.json is as large: what is, is not read. */
const largestBytes = 4 * 1024 * 1024

interface Found {
  readonly name: string
  /** Empty where there is none. */
  readonly version: string
}

/**
 * Package of a script: the nearest package.json upwards with a name. Inside node_modules it must have a version as well (builds put
 * nameless or versionless ones beside their files), and the search ends at that folder: what lies in it belongs to no one else.
 *
 * Reads nothing but regular files called package.json; whatever goes wrong with one counts as if it were not there.
 */
export function createPackageFinder(): (script: string) => PackageOfScript | null {
  const folders = new Map<string, PackageOfScript | null>()

  const ofFolder = (folder: string): PackageOfScript | null => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const parent = path.dirname(folder)
    let result: PackageOfScript | null = null
    if (path.basename(folder) !== 'node_modules') {
      const own = readPackage(path.join(folder, 'package.json'))
      const isInstalled = folder.split(path.sep).includes('node_modules')
      if (own !== null && (own.version !== '' || !isInstalled)) result = own
      else if (parent !== folder) result = ofFolder(parent)
    }
    folders.set(folder, result)
    return result
  }

  return script => (path.isAbsolute(script) ? ofFolder(path.dirname(script)) : null)
}

function readPackage(file: string): Found | null {
  try {
    const status = lstatSync(file)
    if (!status.isFile() || status.size > largestBytes) return null
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof content !== 'object' || content === null) return null
    const { name, version } = content as Record<string, unknown>
    if (typeof name !== 'string' || name === '') return null
    return { name, version: typeof version === 'string' ? version : '' }
  } catch {
    // Missing, unreadable or not JSON: a script's package is a convenience, and the folder above may have it.
    return null
  }
}
