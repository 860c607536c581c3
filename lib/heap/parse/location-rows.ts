import type { LocationColumns } from '../snapshot-columns.js'
import { enlarge } from './allocate.js'
import type { RowProblem, RowSink } from './integer-scanner.js'
import type { SnapshotLayout } from './snapshot-layout.js'
import { stableOrder } from './stable-order.js'

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
