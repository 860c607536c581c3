import type { HeapEdge, SourceLocation } from '../heap-snapshot.js'
import { createOriginalPlaces } from './original-places.js'
import { createPackageFinder } from './package-of-script.js'
import type { Place, Places } from './places.js'

/** Says where the code behind a node is, with what the disk tells about it. */
export interface Locator {
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
