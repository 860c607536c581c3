import type { SnapshotColumns } from '../../lib/heap/snapshot-columns.js'

/** Name of the first column in which two readings of one snapshot differ, `null` where there is none. */
export const firstDifference = (a: SnapshotColumns, b: SnapshotColumns): string | null => {
  for (const name of ['nodeCount', 'edgeCount'] as const) if (a[name] !== b[name]) return name
  for (const name of ['nodeTypeNames', 'edgeTypeNames'] as const)
    if (JSON.stringify(a[name]) !== JSON.stringify(b[name])) return name
  const columns = ['nodeTypes', 'nodeNames', 'nodeIds', 'selfSizes', 'firstEdges'] as const
  for (const name of [...columns, 'detachedness', 'edgeTypes', 'edgeNames', 'edgeTargets'] as const)
    if (!areSame(a[name], b[name])) return name
  for (const name of ['nodes', 'scriptIds', 'lines', 'columns'] as const)
    if (!areSame(a.locations[name], b.locations[name])) return `locations.${name}`
  if (a.strings.length !== b.strings.length) return 'strings'
  for (let position = 0; position < a.strings.length; position++)
    if (a.strings.get(position) !== b.strings.get(position)) return `string ${position}`
  return null
}

const areSame = (a: ArrayLike<number> | null, b: ArrayLike<number> | null): boolean => {
  if (a === null || b === null) return a === b
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
