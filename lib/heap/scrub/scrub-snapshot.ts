import { readColumns } from '../parse/read-columns.js'
import { createNewStrings } from './new-strings.js'
import { type ScrubbedNames, scrubNames } from './scrub-names.js'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { SnapshotColumns } from '../snapshot-columns.js'

/**
 * Writes a snapshot again without what was in the heap: the contents of strings and of scripts, the keys of dictionaries, and names that
 * look like data become `<N chars, HASH>`, the hash keyed with `key`, so that equal ones are still seen to be equal. The graph, sizes,
 * ids, places, and names of classes, functions, properties and scripts stay.
 * @param to must not be there yet; becomes readable for its owner alone
 * @throws IsolateLeakError `ERR_SNAPSHOT_READ`, SnapshotInvalidError, and what writing throws
 */
export async function scrubSnapshot(from: string, to: string, key: Buffer): Promise<void> {
  const columns = await readColumns(from)
  const strings = createNewStrings(columns.strings, key)
  const names = scrubNames(columns, strings)
  await writeSnapshot(to, columns, names, strings.texts())
}

const NODE_FIELDS = ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness']
const EDGE_FIELDS = ['type', 'name_or_index', 'to_node']
const LOCATION_FIELDS = ['object_index', 'script_id', 'line', 'column']
const PIECE_CHARACTERS = 64 * 1024

/**
 * Writes a snapshot as V8 does, with other names, to a new file that only its owner can read. Nothing is left there when that fails.
 * @throws when there is anything at that path
 */
async function writeSnapshot(
  path: string,
  columns: SnapshotColumns,
  names: ScrubbedNames,
  strings: Iterable<string>,
): Promise<void> {
  // Windows has no such flag, and few links.
  const noFollow = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600)
  try {
    let piece = ''
    for (const text of snapshotTexts(columns, names, strings)) {
      piece += text
      if (piece.length < PIECE_CHARACTERS) continue
      await file.appendFile(piece)
      piece = ''
    }
    await file.appendFile(piece)
    await file.close()
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
}

function* snapshotTexts(
  columns: SnapshotColumns,
  names: ScrubbedNames,
  strings: Iterable<string>,
): Generator<string> {
  yield `{"snapshot":${JSON.stringify(headOf(columns))},\n"nodes":[`
  yield* list(nodeRows(columns, names))
  yield '],\n"edges":['
  yield* list(edgeRows(columns, names))
  yield '],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":['
  yield* list(locationRows(columns))
  yield '],\n"strings":['
  yield* list(quoted(strings))
  yield ']}\n'
}

function headOf({ nodeCount, edgeCount, nodeTypeNames, edgeTypeNames }: SnapshotColumns): object {
  return {
    meta: {
      node_fields: NODE_FIELDS,
      node_types: [nodeTypeNames, 'string', 'number', 'number', 'number', 'number', 'number'],
      edge_fields: EDGE_FIELDS,
      edge_types: [edgeTypeNames, 'string_or_number', 'node'],
      trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
      trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
      sample_fields: ['timestamp_us', 'last_assigned_id'],
      location_fields: LOCATION_FIELDS,
    },
    node_count: nodeCount,
    edge_count: edgeCount,
    trace_function_count: 0,
  }
}

function* nodeRows(columns: SnapshotColumns, names: ScrubbedNames): Generator<string> {
  const { nodeCount, nodeTypes, nodeIds, selfSizes, firstEdges, detachedness } = columns
  for (let node = 0; node < nodeCount; node++) {
    const edges = (firstEdges[node + 1] ?? 0) - (firstEdges[node] ?? 0)
    yield [
      nodeTypes[node],
      names.nodes[node],
      nodeIds[node],
      selfSizes[node],
      edges,
      0,
      detachedness?.[node] ?? 0,
    ].join()
  }
}

function* edgeRows(columns: SnapshotColumns, names: ScrubbedNames): Generator<string> {
  const { edgeCount, edgeTypes, edgeTargets } = columns
  for (let edge = 0; edge < edgeCount; edge++) {
    const target = (edgeTargets[edge] ?? 0) * NODE_FIELDS.length
    yield [edgeTypes[edge], names.edges[edge], target].join()
  }
}

function* locationRows({ locations }: SnapshotColumns): Generator<string> {
  const { nodes, scriptIds, lines, columns } = locations
  for (let index = 0; index < nodes.length; index++) {
    const offset = (nodes[index] ?? 0) * NODE_FIELDS.length
    yield [offset, scriptIds[index], lines[index], columns[index]].join()
  }
}

/** Plain ASCII, as V8 writes them. */
function* quoted(strings: Iterable<string>): Generator<string> {
  for (const text of strings) {
    yield JSON.stringify(text).replace(
      /[\u007f-\uffff]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  }
}

/** One a line: what reads a whole line at a time must not get all at once. */
function* list(rows: Iterable<string>): Generator<string> {
  let before = ''
  for (const row of rows) {
    yield before + row
    before = ',\n'
  }
}
