import { once } from '../read-options.js'
import type { HeapClass, HeapEdge, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'
import { createLocator } from '../locate/locator.js'
import { type Place, type Places, createPlaces } from '../locate/places.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { type ObjectShapes, createObjectShapes } from './object-shapes.js'
import { assignClasses } from './assign-classes.js'
import { createClasses } from './class-table.js'

/** What kind of thing a node is, and where its code is: the part of a snapshot that the graph alone does not tell. */
type NodeKinds = Pick<HeapSnapshot, 'classes' | 'classOf' | 'location' | 'isDictionary'>

/** Nothing is computed before it is asked for, and then once. */
export function createNodeKinds(
  columns: SnapshotColumns,
  retainers: (node: number) => readonly HeapEdge[],
): NodeKinds {
  const places = once(() => createPlaces(columns))
  const shapes = once(() => createObjectShapes(columns))
  const locator = once(() => createLocator(places(), retainers))
  const index = once(() => createClassIndex(columns, shapes(), places(), place => locator().describe(place)))
  const checkNode = (node: number): void => {
    if (Number.isInteger(node) && node >= 0 && node < columns.nodeCount) return
    throw new RangeError(`expected a node from 0 to ${String(columns.nodeCount - 1)}, got ${String(node)}`)
  }
  return {
    classes: () => index().classes,
    classOf: node => index().ofNode(node),
    location(node) {
      checkNode(node)
      return locator().location(node)
    },
    isDictionary(node) {
      checkNode(node)
      return shapes().isDictionary(node)
    },
  }
}

/** Classes of a snapshot. */
interface ClassIndex {
  /** Largest sum of self sizes first. */
  readonly classes: readonly HeapClass[]
  ofNode(node: number): HeapClass
}

/** Sorts all nodes into classes, in one pass over the nodes and over the edges of objects. */
function createClassIndex(
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
