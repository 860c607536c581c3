import { once } from '../once.js'
import type { HeapEdge, HeapSnapshot } from '../heap-snapshot.js'
import { createLocator } from '../locate/locator.js'
import { createPlaces } from '../locate/places.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { createClassIndex } from './class-index.js'
import { createObjectShapes } from './object-shapes.js'

/** What kind of thing a node is, and where its code is: the part of a snapshot that the graph alone does not tell. */
export type NodeKinds = Pick<HeapSnapshot, 'classes' | 'classOf' | 'location' | 'isDictionary'>

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
