import type { SnapshotColumns } from '../../lib/heap/snapshot-columns.js'

/** What does not hold of columns that were read, whatever was in the file; `null` where all holds. */
export const brokenInvariant = (columns: SnapshotColumns): string | null => {
  const { nodeCount, edgeCount, strings, locations } = columns
  const lengths = {
    ...{ nodeTypes: nodeCount, nodeNames: nodeCount, nodeIds: nodeCount, selfSizes: nodeCount },
    ...{ firstEdges: nodeCount + 1, edgeTypes: edgeCount, edgeNames: edgeCount, edgeTargets: edgeCount },
  }
  for (const [name, length] of Object.entries(lengths))
    if (columns[name as keyof typeof lengths].length !== length)
      return `${name} has another length than ${length}`
  if (columns.detachedness !== null && columns.detachedness.length !== nodeCount)
    return 'length of detachedness'
  if (nodeCount < 1) return 'no root'
  if (columns.nodeTypes.some(type => type >= columns.nodeTypeNames.length)) return 'node type out of range'
  if (columns.edgeTypes.some(type => type >= columns.edgeTypeNames.length)) return 'edge type out of range'
  if (columns.nodeNames.some(name => name >= strings.length)) return 'node name out of range'
  const isIndex = columns.edgeTypeNames.map(name => name === 'element' || name === 'hidden')
  const hasNoName = (name: number, edge: number): boolean =>
    name >= strings.length && isIndex[columns.edgeTypes[edge] ?? 0] !== true
  if (columns.edgeNames.some(hasNoName)) return 'edge name out of range'
  if (columns.edgeTargets.some(target => target >= nodeCount)) return 'target out of range'
  if (columns.firstEdges[0] !== 0 || columns.firstEdges[nodeCount] !== edgeCount) return 'ends of firstEdges'
  if (columns.firstEdges.some((first, node) => node > 0 && first < (columns.firstEdges[node - 1] ?? 0)))
    return 'firstEdges fall'
  const { nodes } = locations
  if (nodes.some((node, row) => node >= nodeCount || (row > 0 && node < (nodes[row - 1] ?? 0))))
    return 'nodes of locations'
  if (new Set(Object.values(locations).map((column: Uint32Array) => column.length)).size > 1)
    return 'lengths of locations'
  for (let position = 0; position < strings.length; position++)
    if (typeof strings.get(position) !== 'string') return `string ${position}`
  return null
}
