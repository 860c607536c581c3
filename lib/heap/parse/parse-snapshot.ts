import type { SnapshotPhase } from '../read-options.js'
import type { LocationColumns, SnapshotColumns } from '../snapshot-columns.js'
import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { isWhitespace, peek, take } from './byte-window.js'
import type { ByteWindow } from './byte-window.js'
import { EdgeColumns } from './edge-columns.js'
import { IntegerScanner } from './integer-scanner.js'
import { JsonSkipper } from './json-skipper.js'
import { NodeColumns } from './node-columns.js'
import { readLayout, LocationRows, NO_LOCATIONS } from './snapshot-layout.js'
import type { SnapshotLayout } from './snapshot-layout.js'
import { StringScanner, type StringPages } from './string-scanner.js'

const MAX_LAYOUT_BYTES = 2 ** 20
const MAX_KEY_BYTES = 1024

/** What was read so far. */
interface Parts {
  layout?: SnapshotLayout
  nodes?: NodeColumns
  edges?: EdgeColumns
  locations?: LocationColumns
  strings?: StringPages
}

/**
 * Reads a snapshot, piece by piece: asks for the next one by yielding. The parts may come in any order, as long as `snapshot`,
 * which says how to read the others, comes before nodes, edges and locations.
 * @throws SnapshotInvalidError
 */
export function* parseSnapshot(
  window: ByteWindow,
  onPhase: (phase: SnapshotPhase) => void,
): Generator<undefined, SnapshotColumns> {
  const parts: Parts = {}
  yield* take(window, '{')
  let isFirst = true
  for (;;) {
    const next = yield* peek(window, isFirst ? "a property name or '}'" : "',' or '}'")
    if (next === 0x7d) break
    if (!isFirst) yield* take(window, ',')
    isFirst = false
    yield* readPart(window, parts, onPhase)
  }
  window.at++
  onPhase('other')
  yield* expectEnd(window)
  return columnsOf(parts, window)
}

function* readPart(
  window: ByteWindow,
  parts: Parts,
  onPhase: (phase: SnapshotPhase) => void,
): Generator<undefined, void> {
  if ((yield* peek(window, 'a property name')) !== 0x22) throw window.invalid('a property name')
  const begin = window.offset
  const reader = new JsonSkipper(MAX_KEY_BYTES)
  yield* reader.read(window)
  const key = JSON.parse(reader.text) as string
  yield* take(window, ':')
  const phase = phaseOf(key)
  onPhase(phase)
  if (phase === 'other') {
    yield* new JsonSkipper().read(window)
    return
  }
  if (parts[phase === 'snapshot' ? 'layout' : phase] !== undefined)
    throw new SnapshotInvalidError(begin, `expected one "${key}", got another`)
  if (phase === 'snapshot') parts.layout = yield* readSnapshot(window)
  else if (phase === 'strings') parts.strings = yield* readStrings(window)
  else yield* readRows(phase, window, parts, begin)
}

function* readSnapshot(window: ByteWindow): Generator<undefined, SnapshotLayout> {
  const value = new JsonSkipper(MAX_LAYOUT_BYTES)
  yield* value.read(window)
  return readLayout(value.text, window.offset)
}

function* readStrings(window: ByteWindow): Generator<undefined, StringPages> {
  yield* take(window, '[')
  return yield* new StringScanner().read(window)
}

function* readRows(
  phase: 'nodes' | 'edges' | 'locations',
  window: ByteWindow,
  parts: Parts,
  begin: number,
): Generator<undefined, void> {
  const { layout } = parts
  if (layout === undefined)
    throw new SnapshotInvalidError(begin, `expected "snapshot", which says what is in it, before "${phase}"`)
  if (phase === 'locations' && layout.locationFields.length === 0) {
    yield* new JsonSkipper().read(window)
    parts.locations = NO_LOCATIONS
    return
  }
  yield* take(window, '[')
  if (phase === 'locations') {
    const rows = new LocationRows(layout)
    yield* new IntegerScanner(rows, phase).read(window)
    parts.locations = rows.columns()
    return
  }
  const rows = phase === 'nodes' ? new NodeColumns(layout, window) : new EdgeColumns(layout, window)
  yield* new IntegerScanner(rows, phase).read(window)
  rows.end(window)
  if (rows instanceof NodeColumns) parts.nodes = rows
  else parts.edges = rows
}

function* expectEnd(window: ByteWindow): Generator<undefined, void> {
  for (;;) {
    while (isWhitespace(window.bytes[window.at])) window.at++
    if (window.at < window.bytes.length) throw window.invalid('the end after the last }')
    yield undefined
    if (window.isLast) return
  }
}

function columnsOf({ layout, nodes, edges, locations, strings }: Parts, window: ByteWindow): SnapshotColumns {
  const missing = (name: string): SnapshotInvalidError =>
    new SnapshotInvalidError(window.offset, `expected a snapshot to have "${name}", got none`)
  if (layout === undefined) throw missing('snapshot')
  if (nodes === undefined) throw missing('nodes')
  if (edges === undefined) throw missing('edges')
  if (strings === undefined) throw missing('strings')
  checkNames(nodes, edges, strings.length, window)
  return {
    nodeCount: nodes.count,
    edgeCount: edges.count,
    nodeTypeNames: layout.nodeTypeNames,
    edgeTypeNames: layout.edgeTypeNames,
    nodeTypes: nodes.types,
    nodeNames: nodes.names,
    nodeIds: nodes.ids,
    selfSizes: nodes.selfSizes,
    firstEdges: nodes.firstEdges,
    detachedness: nodes.detachedness,
    edgeTypes: edges.types,
    edgeNames: edges.names,
    edgeTargets: edges.targets,
    strings,
    locations: locations ?? NO_LOCATIONS,
  }
}

/** Strings come last, so names can only be checked at the end. */
function checkNames(nodes: NodeColumns, edges: EdgeColumns, stringCount: number, window: ByteWindow): void {
  const invalid = (what: string, name: number | undefined): SnapshotInvalidError =>
    new SnapshotInvalidError(
      window.offset,
      `expected a name of ${what} among ${stringCount} strings, got position ${name ?? 'none'}`,
    )
  if (nodes.lastName >= stringCount) {
    const node = nodes.names.findIndex(name => name >= stringCount)
    throw invalid(`node ${node}`, nodes.names[node])
  }
  const edge = edges.firstUnnamed(stringCount)
  if (edge >= 0) throw invalid(`edge ${edge}`, edges.names[edge])
}

function phaseOf(key: string): SnapshotPhase {
  switch (key) {
    case 'snapshot':
    case 'nodes':
    case 'edges':
    case 'locations':
    case 'strings':
      return key
    default:
      return 'other'
  }
}
