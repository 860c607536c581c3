import { type SnapshotColumns, createEdgeFinder, typeOf } from '../snapshot-columns.js'

/** What V8's hidden classes (maps) tell about objects. */
export interface ObjectShapes {
  /** Hidden class of an object, -1 where the snapshot does not have it. */
  mapOf(node: number): number
  /** Names of the properties of the objects of a hidden class, in order; empty for dictionaries. */
  propertiesOf(map: number): readonly string[]
  isDictionary(node: number): boolean
}

/** V8 has at most 1,020 properties in a descriptor array. */
const longestChain = 1_100

/**
 * Property names come from the hidden class, not from the edges of the object: V8 writes no edges for small integers.
 *
 * A descriptor array is shared by all hidden classes on the way to the one with the most properties, and the snapshot does not
 * say how many of its entries are a class's own. The number of steps back to the first hidden class does.
 */
export function createObjectShapes(columns: SnapshotColumns): ObjectShapes {
  const { firstEdges, edgeTypes, edgeNames, edgeTargets, nodeTypes, nodeNames, strings } = columns
  const finder = createEdgeFinder(columns)
  const internalType = typeOf(columns.edgeTypeNames, 'internal')
  const arrayType = typeOf(columns.nodeTypeNames, 'array')
  const objectType = typeOf(columns.nodeTypeNames, 'object')
  const symbolType = typeOf(columns.nodeTypeNames, 'symbol')
  const mapName = strings.indexOf('map')
  const descriptorsName = strings.indexOf('descriptors')
  const backPointerName = strings.indexOf('back_pointer')
  const propertiesName = strings.indexOf('properties')
  const known = new Map<number, readonly string[]>()
  const lists = new Map<number, readonly string[]>()

  const keysOf = (descriptors: number): readonly string[] => {
    const seen = lists.get(descriptors)
    if (seen !== undefined) return seen
    const keys: { slot: number; key: string }[] = []
    const end = firstEdges[descriptors + 1] ?? 0
    for (let edge = firstEdges[descriptors] ?? 0; edge < end; edge++) {
      if (edgeTypes[edge] !== internalType) continue
      const slot = Number(strings.get(edgeNames[edge] ?? 0))
      const key = edgeTargets[edge] ?? 0
      if (Number.isInteger(slot) && slot % 3 === 0) {
        const text = strings.get(nodeNames[key] ?? 0)
        keys.push({ slot, key: nodeTypes[key] === symbolType ? `<symbol ${text}>` : text })
      }
    }
    const sorted = keys.sort((a, b) => a.slot - b.slot).map(({ key }) => key)
    lists.set(descriptors, sorted)
    return sorted
  }

  const ownProperties = (map: number): readonly string[] => {
    const descriptors = finder.internal(map, descriptorsName)
    if (descriptors < 0) return []
    const keys = keysOf(descriptors)
    let first = map
    let steps = 0
    for (; steps < longestChain; steps++) {
      const before = finder.internal(first, backPointerName)
      if (before < 0) break
      first = before
    }
    const atFirst = finder.internal(first, descriptorsName)
    return keys.slice(0, steps + (atFirst < 0 ? 0 : keysOf(atFirst).length))
  }

  return {
    mapOf: node => finder.internal(node, mapName),
    propertiesOf(map) {
      if (map < 0) return []
      let properties = known.get(map)
      if (properties === undefined) {
        properties = ownProperties(map)
        known.set(map, properties)
      }
      return properties
    },
    isDictionary(node) {
      if (nodeTypes[node] !== objectType) return false
      const properties = finder.internal(node, propertiesName)
      if (properties < 0 || nodeTypes[properties] !== arrayType) return false
      const map = finder.internal(node, mapName)
      return map >= 0 && finder.internal(map, descriptorsName) < 0
    },
  }
}
