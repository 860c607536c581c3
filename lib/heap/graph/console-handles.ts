import { type SnapshotColumns, typeOf } from '../snapshot-columns.js'

/**
 * Whether an edge from `(Global handles)` is one by which V8's inspector holds what the console showed, or an evaluation gave: made
 * by who looks into the process, gone with its session.
 */
export function createConsoleHandles({
  edgeNames,
  edgeTypes,
  edgeTypeNames,
  strings,
}: SnapshotColumns): (edge: number) => boolean {
  const internal = typeOf(edgeTypeNames, 'internal')
  return edge => edgeTypes[edge] === internal && strings.get(edgeNames[edge]!).endsWith('/ DevTools console')
}
