import { typeOf } from '../edges.js'
import { createConsoleHandles } from '../graph/console-handles.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/**
 * Whether an edge keeps its target alive by itself. Weak ones do not; nor do shortcuts, which repeat others; nor do those from the
 * table of a WeakMap to its values: those live as long as their keys, and V8 writes an edge from each key as well; nor does V8's
 * own table of strings; nor do handles of the console of DevTools, which are there because somebody looks.
 */
export function createStrongEdges(columns: SnapshotColumns): (from: number, edge: number) => boolean {
  const { nodeCount, nodeTypes, firstEdges, edgeTypes, edgeNames, edgeTargets } = columns
  const weak = typeOf(columns.edgeTypeNames, 'weak')
  const shortcut = typeOf(columns.edgeTypeNames, 'shortcut')
  const internal = typeOf(columns.edgeTypeNames, 'internal')
  const object = typeOf(columns.nodeTypeNames, 'object')
  const tableName = columns.strings.indexOf('table')
  const mapName = columns.strings.indexOf('map')
  const weakTables = new Set<number>()
  const stringTableName = columns.strings.indexOf('(Internalized strings)')
  const synthetic = typeOf(columns.nodeTypeNames, 'synthetic')
  const isWeakTable = (table: number): boolean => {
    for (let edge = firstEdges[table]!; edge < firstEdges[table + 1]!; edge++) {
      if (edgeTypes[edge] === weak) return true
    }
    return false
  }
  for (let node = 0; node < nodeCount; node++) {
    if (nodeTypes[node] !== object) continue
    for (let edge = firstEdges[node]!; edge < firstEdges[node + 1]!; edge++) {
      if (edgeNames[edge] !== tableName || edgeTypes[edge] !== internal) continue
      if (isWeakTable(edgeTargets[edge]!)) weakTables.add(edgeTargets[edge]!)
    }
  }
  const handlesName = columns.strings.indexOf('(Global handles)')
  const isOfConsole = createConsoleHandles(columns)
  let stringTable = -1
  let globalHandles = -1
  for (let edge = firstEdges[0] ?? 0; edge < (firstEdges[1] ?? 0); edge++) {
    const roots = edgeTargets[edge]!
    for (let inner = firstEdges[roots]!; inner < firstEdges[roots + 1]!; inner++) {
      const node = edgeTargets[inner]!
      if (nodeTypes[node] !== synthetic) continue
      if (columns.nodeNames[node] === stringTableName) stringTable = node
      if (columns.nodeNames[node] === handlesName) globalHandles = node
    }
  }
  return (from, edge) => {
    if (from === stringTable || (from === globalHandles && isOfConsole(edge))) return false
    const type = edgeTypes[edge]
    if (type === weak || (type === shortcut && from !== 0)) return false
    return type !== internal || !weakTables.has(from) || edgeNames[edge] === mapName
  }
}
