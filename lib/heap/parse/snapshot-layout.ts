import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import type { LocationColumns } from '../snapshot-columns.js'
import { enlarge } from './allocate.js'
import type { RowProblem, RowSink } from './integer-scanner.js'

/** What the columns of a snapshot mean, and how many rows there are, as the file says at its beginning. */
export interface SnapshotLayout {
  readonly nodeFields: readonly string[]
  readonly edgeFields: readonly string[]
  /** Empty where there are no locations. */
  readonly locationFields: readonly string[]
  readonly nodeTypeNames: readonly string[]
  readonly edgeTypeNames: readonly string[]
  readonly nodeCount: number
  readonly edgeCount: number
}

/** Type is kept in one byte. */
const MAX_TYPES = 256
const MAX_FIELDS = 64
/** Positions of edges, and one past the last, have 32 bits. */
const MAX_ROWS = 2 ** 32 - 2

/**
 * Reads the value of `snapshot`. Fields that are not known are left for later to skip.
 * @param offset of its end, for what is wrong in it
 * @throws SnapshotInvalidError
 */
export function readLayout(text: string, offset: number): SnapshotLayout {
  const invalid = (sentence: string): SnapshotInvalidError => new SnapshotInvalidError(offset, sentence)
  const snapshot = JSON.parse(text) as unknown
  const meta = property(snapshot, 'meta')

  const fieldsOf = (name: string, required: readonly string[]): readonly string[] => {
    const fields = property(meta, name)
    const isFit = isNames(fields) && fields.length <= MAX_FIELDS && new Set(fields).size === fields.length
    if (isFit && required.every(field => fields.includes(field))) return fields
    throw invalid(`expected meta.${name} to name ${required.join(', ')}, got ${brief(fields)}`)
  }
  const typeNamesOf = (name: string, position: number): readonly string[] => {
    const types = property(meta, name)
    const names: unknown = Array.isArray(types) ? types[position] : undefined
    if (isNames(names) && names.length > 0 && names.length <= MAX_TYPES) return names
    throw invalid(
      `expected meta.${name}[${position}] to be a list of up to ${MAX_TYPES} names, got ${brief(names)}`,
    )
  }
  const countOf = (name: string, least: number): number => {
    const count = property(snapshot, name)
    if (Number.isInteger(count) && (count as number) >= least && (count as number) <= MAX_ROWS)
      return count as number
    throw invalid(`expected ${name} to be a whole number from ${least} to ${MAX_ROWS}, got ${brief(count)}`)
  }

  const nodeFields = fieldsOf('node_fields', ['type', 'name', 'id', 'self_size', 'edge_count'])
  const edgeFields = fieldsOf('edge_fields', ['type', 'name_or_index', 'to_node'])
  const hasLocations = property(meta, 'location_fields') !== undefined
  const root = property(snapshot, 'root_index')
  if (root !== undefined && root !== 0)
    throw invalid(`expected the root to be the first node, got ${brief(root)}`)
  return {
    nodeFields,
    edgeFields,
    locationFields: hasLocations
      ? fieldsOf('location_fields', ['object_index', 'script_id', 'line', 'column'])
      : [],
    nodeTypeNames: typeNamesOf('node_types', nodeFields.indexOf('type')),
    edgeTypeNames: typeNamesOf('edge_types', edgeFields.indexOf('type')),
    nodeCount: countOf('node_count', 1),
    edgeCount: countOf('edge_count', 0),
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(name => typeof name === 'string')
}

function brief(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value).slice(0, 80)
}

const FIRST_ROWS = 4096
const KEPT_FIELDS = ['object_index', 'script_id', 'line', 'column']

/** Collects the rows of `locations`. */
export class LocationRows implements RowSink {
  readonly width: number
  readonly #layout: SnapshotLayout
  readonly #positions: readonly number[]
  /** By field, as in `KEPT_FIELDS`; nodes are positions. */
  #columns: readonly Uint32Array<ArrayBuffer>[] = KEPT_FIELDS.map(() => new Uint32Array(FIRST_ROWS))
  #capacity = FIRST_ROWS
  #count = 0

  constructor(layout: SnapshotLayout) {
    this.#layout = layout
    this.width = layout.locationFields.length
    this.#positions = KEPT_FIELDS.map(field => layout.locationFields.indexOf(field))
  }

  accept(values: Uint32Array, rows: number, large: ReadonlyMap<number, number>): RowProblem | null {
    this.#reserve(this.#count + rows)
    const { nodeCount, nodeFields } = this.#layout
    const nodeWidth = nodeFields.length
    for (let row = 0; row < rows; row++) {
      for (let index = 0; index < KEPT_FIELDS.length; index++) {
        const at = row * this.width + (this.#positions[index] as number)
        const value = large.get(at) ?? values[at] ?? 0
        const isNode = index === 0
        const most = isNode ? (nodeCount - 1) * nodeWidth : 0xffff_ffff
        const field = KEPT_FIELDS[index] as string
        if (value > most)
          return { at, sentence: `expected ${field} of a location to be up to ${most}, got ${value}` }
        if (isNode && value % nodeWidth !== 0)
          return {
            at,
            sentence: `expected ${field} of a location to be a multiple of ${nodeWidth}, got ${value}`,
          }
        const column = this.#columns[index] as Uint32Array
        column[this.#count + row] = isNode ? value / nodeWidth : value
      }
    }
    this.#count += rows
    return null
  }

  columns(): LocationColumns {
    const [nodes, scriptIds, lines, columns] = this.#sorted() as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ]
    return { nodes, scriptIds, lines, columns }
  }

  /** Ascending by node, those of one node in the order of the file. */
  #sorted(): Uint32Array[] {
    const nodes = (this.#columns[0] as Uint32Array).subarray(0, this.#count)
    if (isAscending(nodes)) return this.#columns.map(column => column.slice(0, this.#count))
    const order = stableOrder(nodes)
    return this.#columns.map(column => inOrder(column, order))
  }

  #reserve(needed: number): void {
    if (needed <= this.#capacity) return
    this.#capacity = Math.max(needed, 2 * this.#capacity)
    this.#columns = this.#columns.map(column => enlarge(column, this.#capacity))
  }
}

function isAscending(values: Uint32Array): boolean {
  for (let at = 1; at < values.length; at++)
    if ((values[at] as number) < (values[at - 1] as number)) return false
  return true
}

function inOrder(column: Uint32Array, order: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(order.length)
  for (let row = 0; row < order.length; row++) sorted[row] = column[order[row] as number] as number
  return sorted
}

export const NO_LOCATIONS: LocationColumns = {
  nodes: new Uint32Array(0),
  scriptIds: new Uint32Array(0),
  lines: new Uint32Array(0),
  columns: new Uint32Array(0),
}

const DIGIT_BITS = 16
const DIGITS = 1 << DIGIT_BITS

/** Positions of the keys in ascending order, equal ones in the order they come in: a radix sort of two digits. */
function stableOrder(keys: Uint32Array): Uint32Array {
  const inOrder = new Uint32Array(keys.length)
  for (let position = 0; position < inOrder.length; position++) inOrder[position] = position
  return sortByDigit(keys, sortByDigit(keys, inOrder, 0), DIGIT_BITS)
}

function sortByDigit(keys: Uint32Array, order: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(DIGITS + 1)
  for (const key of keys) {
    const next = ((key >>> shift) & (DIGITS - 1)) + 1
    starts[next] = (starts[next] as number) + 1
  }
  for (let digit = 0; digit < DIGITS; digit++)
    starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number)
  const sorted = new Uint32Array(order.length)
  for (const position of order) {
    const digit = ((keys[position] as number) >>> shift) & (DIGITS - 1)
    const to = starts[digit] as number
    starts[digit] = to + 1
    sorted[to] = position
  }
  return sorted
}
