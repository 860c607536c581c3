import { createEdgeFinder, typeOf } from '../edges.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** What of a heap stands in the text of programs. Each has a 1 where it does. */
export interface NamesInCode {
  /** Nodes that are names of properties of objects that are no dictionaries. */
  readonly keyNodes: Uint8Array
  /** Nodes that are scripts, or names of scripts. */
  readonly scriptNodes: Uint8Array
  /** Nodes that are global objects, whose properties are variables of programs, and `process`. */
  readonly globals: Uint8Array
  /** Strings that are such names of properties, or of variables or functions. */
  readonly names: Uint8Array
}

/** Descriptor arrays have three entries a property, of which the first is its name. */
const DESCRIPTOR_WIDTH = 3

export function namesInCode(columns: SnapshotColumns): NamesInCode {
  const { nodeCount, nodeTypes, nodeNames, firstEdges, edgeTypes, edgeNames, edgeTargets, strings } = columns
  const finder = createEdgeFinder(columns)
  const closureType = typeOf(columns.nodeTypeNames, 'closure')
  const objectType = typeOf(columns.nodeTypeNames, 'object')
  const codeType = typeOf(columns.nodeTypeNames, 'code')
  const contextType = typeOf(columns.edgeTypeNames, 'context')
  const internalType = typeOf(columns.edgeTypeNames, 'internal')
  const propertyType = typeOf(columns.edgeTypeNames, 'property')
  const descriptorsName = strings.indexOf('descriptors')
  const sourceName = strings.indexOf('source')
  const nameName = strings.indexOf('name')
  const processName = strings.indexOf('process')
  const globalThisName = strings.indexOf('globalThis')
  const keyNodes = new Uint8Array(nodeCount)
  const scriptNodes = new Uint8Array(nodeCount)
  const globals = new Uint8Array(nodeCount)
  const names = new Uint8Array(strings.length)
  const seen = new Uint8Array(nodeCount)

  const addKeys = (descriptors: number): void => {
    if (seen[descriptors] === 1) return
    seen[descriptors] = 1
    const end = firstEdges[descriptors + 1] ?? 0
    for (let edge = firstEdges[descriptors] ?? 0; edge < end; edge++) {
      if (edgeTypes[edge] !== internalType) continue
      const slot = Number(strings.get(edgeNames[edge] ?? 0))
      if (!Number.isInteger(slot) || slot % DESCRIPTOR_WIDTH !== 0) continue
      const key = edgeTargets[edge] ?? 0
      keyNodes[key] = 1
      names[nodeNames[key] ?? 0] = 1
    }
  }

  for (let node = 0; node < nodeCount; node++) {
    if (nodeTypes[node] === closureType) names[nodeNames[node] ?? 0] = 1
    if (nodeTypes[node] === objectType && nodeNames[node] === processName) globals[node] = 1
    if (nodeTypes[node] === codeType && finder.internal(node, sourceName) >= 0) {
      scriptNodes[node] = 1
      const name = finder.internal(node, nameName)
      if (name >= 0) scriptNodes[name] = 1
    }
    const end = firstEdges[node + 1] ?? 0
    for (let edge = firstEdges[node] ?? 0; edge < end; edge++) {
      if (edgeNames[edge] === globalThisName && edgeTypes[edge] === propertyType) globals[node] = 1
      if (edgeTypes[edge] === contextType) names[edgeNames[edge] ?? 0] = 1
      else if (edgeNames[edge] === descriptorsName && edgeTypes[edge] === internalType)
        addKeys(edgeTargets[edge] ?? 0)
    }
  }
  return { keyNodes, scriptNodes, globals, names }
}
