import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { allocate, enlarge, firstCapacity, nextCapacity } from './allocate.js'
import type { ByteWindow } from './byte-window.js'
import type { RowProblem, RowSink } from './integer-scanner.js'
import type { SnapshotLayout } from './snapshot-layout.js'

/** Types of edges whose name is a number, not a position in the strings. */
const INDEXED_TYPES: ReadonlySet<string> = new Set(['element', 'hidden'])

/** Collects the rows of `edges`. */
export class EdgeColumns implements RowSink {
  readonly width: number
  count = 0
  /** Largest position in the strings. */
  lastName = 0
  types: Uint8Array<ArrayBuffer>
  names: Uint32Array<ArrayBuffer>
  targets: Uint32Array<ArrayBuffer>
  readonly #layout: SnapshotLayout
  /** By type. */
  readonly #isNamed: Uint8Array
  #capacity: number

  constructor(layout: SnapshotLayout, window: ByteWindow) {
    this.#layout = layout
    this.width = layout.edgeFields.length
    this.#isNamed = Uint8Array.from({ length: 256 }, (_, type) => Number(hasName(layout, type)))
    this.#capacity = firstCapacity(layout.edgeCount, this.width, window, 'edges')
    this.types = allocate(Uint8Array, this.#capacity)
    this.names = allocate(Uint32Array, this.#capacity)
    this.targets = allocate(Uint32Array, this.#capacity)
  }

  accept(values: Uint32Array, rows: number, large: ReadonlyMap<number, number>): RowProblem | null {
    const { edgeCount, edgeFields, edgeTypeNames, nodeCount, nodeFields } = this.#layout
    const first = this.count
    const fitting = Math.min(rows, edgeCount - first)
    this.#reserve(first + fitting)
    const { types, names, targets, width } = this
    const isNamed = this.#isNamed
    const [typeAt, nameAt] = [edgeFields.indexOf('type'), edgeFields.indexOf('name_or_index')]
    const targetAt = edgeFields.indexOf('to_node')
    const nodeWidth = nodeFields.length
    // Half a unit keeps the product from falling below a whole quotient; a division would take several times as long.
    const perUnit = 1 / nodeWidth
    let lastType = 0
    let lastName = 0
    let lastTarget = 0
    let remainders = 0
    for (let row = 0, at = 0, edge = first; row < fitting; row++, at += width, edge++) {
      const type = values[at + typeAt] as number
      const name = values[at + nameAt] as number
      const offset = values[at + targetAt] as number
      const target = ((offset + 0.5) * perUnit) >>> 0
      types[edge] = type
      names[edge] = name
      targets[edge] = target
      remainders |= Math.imul(target, nodeWidth) ^ offset
      if (type > lastType) lastType = type
      if (target > lastTarget) lastTarget = target
      if (name > lastName && isNamed[type & 0xff] === 1) lastName = name
    }
    this.count += fitting
    this.lastName = Math.max(this.lastName, lastName)
    if (lastType >= edgeTypeNames.length || lastTarget >= nodeCount || remainders !== 0 || large.size > 0) {
      const problem = this.#firstProblem(values, fitting, large)
      if (problem !== null) return problem
    }
    if (fitting === rows) return null
    return { at: fitting * width, sentence: `expected ${edgeCount} edges as declared, got more` }
  }

  /** Looks at each number in the order of the file: for batches in which something seems to be wrong. */
  #firstProblem(values: Uint32Array, rows: number, large: ReadonlyMap<number, number>): RowProblem | null {
    const { edgeFields, edgeTypeNames, nodeCount, nodeFields } = this.#layout
    const nodeWidth = nodeFields.length
    const mostOf = new Map(
      Object.entries({
        type: edgeTypeNames.length - 1,
        name_or_index: 0xffff_ffff,
        to_node: (nodeCount - 1) * nodeWidth,
      }),
    )
    for (let at = 0; at < rows * this.width; at++) {
      const field = edgeFields[at % this.width] as string
      const value = large.get(at) ?? values[at] ?? 0
      const most = mostOf.get(field) ?? Infinity
      if (value > most)
        return { at, sentence: `expected ${field} of an edge to be up to ${most}, got ${value}` }
      if (field === 'to_node' && value % nodeWidth !== 0)
        return { at, sentence: `expected ${field} of an edge to be a multiple of ${nodeWidth}, got ${value}` }
    }
    return null
  }

  /** To be called after the last row. */
  end(window: ByteWindow): void {
    const { edgeCount } = this.#layout
    if (this.count === edgeCount) return
    throw new SnapshotInvalidError(
      window.offset,
      `expected ${edgeCount} edges as declared, got ${this.count}`,
    )
  }

  /** The first edge whose name is a position outside of so many strings, -1 where there is none. */
  firstUnnamed(stringCount: number): number {
    if (this.lastName < stringCount) return -1
    return this.names.findIndex(
      (name, edge) => name >= stringCount && this.#isNamed[this.types[edge] as number] === 1,
    )
  }

  #reserve(needed: number): void {
    const capacity = nextCapacity(this.#capacity, needed, this.#layout.edgeCount)
    if (capacity === this.#capacity) return
    this.#capacity = capacity
    this.types = enlarge(this.types, capacity)
    this.names = enlarge(this.names, capacity)
    this.targets = enlarge(this.targets, capacity)
  }
}

function hasName({ edgeTypeNames }: SnapshotLayout, type: number): boolean {
  const name = edgeTypeNames[type]
  return name !== undefined && !INDEXED_TYPES.has(name)
}
