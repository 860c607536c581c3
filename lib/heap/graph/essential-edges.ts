import { markOwned } from './mark-owned.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** Whether an edge from node `from` counts for dominators. */
export type IsEssential = (from: number, edge: number) => boolean

/**
 * Edges that dominators are computed over, as DevTools and memlab choose them: not weak ones, no shortcuts but the root's
 * own, no loops, and none into what the application owns from what it does not ({@link markOwned}).
 */
export function essentialEdges(columns: SnapshotColumns): IsEssential {
  const { edgeTypes, edgeTargets, edgeTypeNames } = columns
  const weak = edgeTypeNames.indexOf('weak')
  const shortcut = edgeTypeNames.indexOf('shortcut')
  const owned = markOwned(columns)
  return (from, edge) => {
    const type = edgeTypes[edge]!
    const to = edgeTargets[edge]!
    if (type === weak || from === to) return false
    return from === 0 || (type !== shortcut && owned[from]! >= owned[to]!)
  }
}
