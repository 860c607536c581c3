import type { LocationColumns } from '../snapshot-columns.js'
import { enlarge } from './allocate.js'
import type { RowProblem, RowSink } from './integer-scanner.js'
import type { SnapshotLayout } from './snapshot-layout.js'

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
    for (const [at, value] of large)
      if (this.#positions.includes(at % this.width))
        return { at, sentence: `expected a number of a location to be below 4294967296, got ${value}` }
    this.#reserve(this.#count + rows)
    const nodeWidth = this.#layout.nodeFields.length
    const end = this.#layout.nodeCount * nodeWidth
    for (const [index, column] of this.#columns.entries()) {
      const position = this.#positions[index] as number
      for (let row = 0, at = position; row < rows; row++, at += this.width) {
        const value = values[at] as number
        if (index === 0 && (value >= end || value % nodeWidth !== 0))
          return { at, sentence: `expected a multiple of ${nodeWidth} below ${end}, got ${value}` }
        column[this.#count + row] = index === 0 ? value / nodeWidth : value
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
    const columns = this.#columns.map(column => column.slice(0, this.#count))
    const nodes = columns[0] as Uint32Array
    if (nodes.every((node, row) => row === 0 || node >= (nodes[row - 1] as number))) return columns
    const order = Uint32Array.from(nodes.keys())
    order.sort((a, b) => (nodes[a] as number) - (nodes[b] as number) || a - b)
    return columns.map(column => Uint32Array.from(order, row => column[row] as number))
  }

  #reserve(needed: number): void {
    if (needed <= this.#capacity) return
    this.#capacity = Math.max(needed, 2 * this.#capacity)
    this.#columns = this.#columns.map(column => enlarge(column, this.#capacity))
  }
}

export const NO_LOCATIONS: LocationColumns = {
  nodes: new Uint32Array(0),
  scriptIds: new Uint32Array(0),
  lines: new Uint32Array(0),
  columns: new Uint32Array(0),
}
