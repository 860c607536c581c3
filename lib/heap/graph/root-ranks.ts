import { createConsoleHandles } from './console-handles.js'
import { edgeRanks } from './edge-ranks.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** Of the categories below `(GC roots)` those that outlive a call and that programs fill. */
const lasting = new Set([
  '(Global handles)',
  '(Traced handles)',
  '(Eternal handles)',
  '(Micro tasks)',
  '(Wrapper tracing)',
])

/**
 * Ranks edges near the root: for the nodes there a function that ranks their edges, for all others `null`.
 *
 * What hangs on the root itself - global objects, native objects of Node and of the browser - is `held`, except stacks; below
 * `(GC roots)` only the handles that outlive a call are. The rest is the stack of the call that took the snapshot, and V8's
 * own tables of strings, builtins and code: `momentary`, as are handles of the console of DevTools.
 */
export function createRootRanks(
  columns: SnapshotColumns,
): (node: number) => ((edge: number) => number) | null {
  const { edgeTargets, edgeTypes, firstEdges, nodeNames, nodeTypes, strings } = columns
  const { held, momentary } = edgeRanks
  const synthetic = columns.nodeTypeNames.indexOf('synthetic')
  const element = columns.edgeTypeNames.indexOf('element')
  const isOfConsole = createConsoleHandles(columns)
  const nameOf = (node: number): string =>
    nodeTypes[node] === synthetic ? strings.get(nodeNames[node]!) : ''
  const rankers = new Map<number, (edge: number) => number>()

  rankers.set(0, edge =>
    edgeTypes[edge] === element && /stack/i.test(nameOf(edgeTargets[edge]!)) ? momentary : held,
  )
  for (let edge = firstEdges[0] ?? 0; edge < (firstEdges[1] ?? 0); edge++) {
    const gcRoots = edgeTargets[edge]!
    if (nameOf(gcRoots) !== '(GC roots)') continue
    rankers.set(gcRoots, below => (lasting.has(nameOf(edgeTargets[below]!)) ? held : momentary))
    for (let below = firstEdges[gcRoots]!; below < firstEdges[gcRoots + 1]!; below++) {
      const category = edgeTargets[below]!
      if (nameOf(category) !== '(Global handles)') continue
      rankers.set(category, handle => (isOfConsole(handle) ? momentary : held))
    }
  }
  return node => (node === 0 || nodeTypes[node] === synthetic ? (rankers.get(node) ?? null) : null)
}
