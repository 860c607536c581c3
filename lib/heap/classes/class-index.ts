import type { HeapClass, SourceLocation } from '../heap-snapshot.js'
import type { Place, Places } from '../locate/places.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { assignClasses } from './assign-classes.js'
import { createClasses } from './class-table.js'
import type { ObjectShapes } from './object-shapes.js'

/** Classes of a snapshot. */
export interface ClassIndex {
  /** Largest sum of self sizes first. */
  readonly classes: readonly HeapClass[]
  ofNode(node: number): HeapClass
}

/** Sorts all nodes into classes, in one pass over the nodes and over the edges of objects. */
export function createClassIndex(
  columns: SnapshotColumns,
  shapes: ObjectShapes,
  places: Places,
  describe: (place: Place) => SourceLocation,
): ClassIndex {
  const { drafts, ofNode } = assignClasses(columns, shapes, places)
  const all = createClasses(columns, drafts, ofNode, describe)
  return {
    classes: all
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.selfSizeBytes - a.selfSizeBytes || b.count - a.count || (a.key < b.key ? -1 : 1)),
    ofNode(node) {
      const found = all[ofNode[node] ?? -1]
      if (found === undefined) {
        throw new RangeError(
          `expected a node from 0 to ${String(columns.nodeCount - 1)}, got ${String(node)}`,
        )
      }
      return found
    },
  }
}
