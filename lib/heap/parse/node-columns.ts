import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { allocate, enlarge, firstCapacity, nextCapacity } from './allocate.js'
import type { ByteWindow } from './byte-window.js'
import type { RowProblem, RowSink } from './integer-scanner.js'
import type { SnapshotLayout } from './snapshot-layout.js'

const MOST_OF_FIELDS = { name: 0xffff_ffff, id: 0xffff_ffff, edge_count: 0xffff_ffff, detachedness: 0xff }

/** Collects the rows of `nodes`. */
export class NodeColumns implements RowSink {
  readonly width: number
  count = 0
  /** Largest position in the strings. */
  lastName = 0
  types: Uint8Array<ArrayBuffer>
  names: Uint32Array<ArrayBuffer>
  ids: Uint32Array<ArrayBuffer>
  firstEdges: Uint32Array<ArrayBuffer>
  detachedness: Uint8Array<ArrayBuffer> | null
  readonly #layout: SnapshotLayout
  #selfSizes: Uint32Array<ArrayBuffer>
  /** Takes the place of `#selfSizes` from the first size on that needs more than 32 bits. */
  #wideSizes: Float64Array<ArrayBuffer> | null = null
  #capacity: number

  constructor(layout: SnapshotLayout, window: ByteWindow) {
    this.#layout = layout
    this.width = layout.nodeFields.length
    this.#capacity = firstCapacity(layout.nodeCount, this.width, window, 'nodes')
    this.types = allocate(Uint8Array, this.#capacity)
    this.names = allocate(Uint32Array, this.#capacity)
    this.ids = allocate(Uint32Array, this.#capacity)
    this.#selfSizes = allocate(Uint32Array, this.#capacity)
    this.firstEdges = allocate(Uint32Array, this.#capacity + 1)
    const hasDetachedness = layout.nodeFields.includes('detachedness')
    this.detachedness = hasDetachedness ? allocate(Uint8Array, this.#capacity) : null
  }

  get selfSizes(): Uint32Array | Float64Array {
    return this.#wideSizes ?? this.#selfSizes
  }

  accept(values: Uint32Array, rows: number, large: ReadonlyMap<number, number>): RowProblem | null {
    const { nodeCount, nodeFields, nodeTypeNames, edgeCount } = this.#layout
    const first = this.count
    const fitting = Math.min(rows, nodeCount - first)
    this.#reserve(first + fitting)
    const { types, names, ids, firstEdges, width } = this
    const sizes = this.#selfSizes
    const [typeAt, nameAt] = [nodeFields.indexOf('type'), nodeFields.indexOf('name')]
    const [idAt, sizeAt] = [nodeFields.indexOf('id'), nodeFields.indexOf('self_size')]
    const countAt = nodeFields.indexOf('edge_count')
    const edgesBefore = firstEdges[first] as number
    let sum = edgesBefore
    let lastType = 0
    let lastName = 0
    for (let row = 0, at = 0, node = first; row < fitting; row++, at += width, node++) {
      const type = values[at + typeAt] as number
      const name = values[at + nameAt] as number
      types[node] = type
      names[node] = name
      ids[node] = values[at + idAt] as number
      sizes[node] = values[at + sizeAt] as number
      sum += values[at + countAt] as number
      firstEdges[node + 1] = sum
      if (type > lastType) lastType = type
      if (name > lastName) lastName = name
    }
    const lastDetachedness = this.#keepDetachedness(values, fitting)
    this.count += fitting
    this.lastName = Math.max(this.lastName, lastName)
    if (lastType >= nodeTypeNames.length || sum > edgeCount || lastDetachedness > 0xff || large.size > 0) {
      const problem = this.#firstProblem(values, fitting, edgesBefore, large)
      if (problem !== null) return problem
    }
    if (large.size > 0) this.#widen()
    if (this.#wideSizes !== null) this.#keepWideSizes(this.#wideSizes, values, sizeAt, first, large)
    if (fitting === rows) return null
    return { at: fitting * width, sentence: `expected ${nodeCount} nodes as declared, got more` }
  }

  /** To be called after the last row. */
  end(window: ByteWindow): void {
    const { nodeCount, edgeCount } = this.#layout
    const sum = this.firstEdges[this.count] as number
    const problem =
      this.count !== nodeCount
        ? `expected ${nodeCount} nodes as declared, got ${this.count}`
        : sum !== edgeCount
          ? `expected nodes to have ${edgeCount} edges as declared, got ${sum}`
          : null
    if (problem !== null) throw new SnapshotInvalidError(window.offset, problem)
  }

  /** The largest one. */
  #keepDetachedness(values: Uint32Array, rows: number): number {
    const { detachedness, width, count } = this
    if (detachedness === null) return 0
    let last = 0
    for (let row = 0, at = this.#layout.nodeFields.indexOf('detachedness'); row < rows; row++, at += width) {
      const value = values[at] as number
      detachedness[count + row] = value
      if (value > last) last = value
    }
    return last
  }

  /** Looks at each number in the order of the file: for batches in which something seems to be wrong. */
  #firstProblem(
    values: Uint32Array,
    rows: number,
    edgesBefore: number,
    large: ReadonlyMap<number, number>,
  ): RowProblem | null {
    const { nodeFields, nodeTypeNames, edgeCount } = this.#layout
    const mostOf = new Map(Object.entries({ ...MOST_OF_FIELDS, type: nodeTypeNames.length - 1 }))
    let edgesLeft = edgeCount - edgesBefore
    for (let at = 0; at < rows * this.width; at++) {
      const field = nodeFields[at % this.width] as string
      const value = large.get(at) ?? values[at] ?? 0
      const most = mostOf.get(field) ?? Infinity
      if (value > most)
        return { at, sentence: `expected ${field} of a node to be up to ${most}, got ${value}` }
      if (field === 'edge_count') edgesLeft -= value
      if (edgesLeft < 0)
        return { at, sentence: `expected nodes to have ${edgeCount} edges as declared, got more` }
    }
    return null
  }

  #widen(): void {
    if (this.#wideSizes !== null) return
    this.#wideSizes = allocate(Float64Array, this.#capacity)
    this.#wideSizes.set(this.#selfSizes)
  }

  #keepWideSizes(
    wide: Float64Array,
    values: Uint32Array,
    sizeAt: number,
    first: number,
    large: ReadonlyMap<number, number>,
  ): void {
    for (let node = first, at = sizeAt; node < this.count; node++, at += this.width)
      wide[node] = large.get(at) ?? (values[at] as number)
  }

  #reserve(needed: number): void {
    const capacity = nextCapacity(this.#capacity, needed, this.#layout.nodeCount)
    if (capacity === this.#capacity) return
    this.#capacity = capacity
    this.types = enlarge(this.types, capacity)
    this.names = enlarge(this.names, capacity)
    this.ids = enlarge(this.ids, capacity)
    this.firstEdges = enlarge(this.firstEdges, capacity + 1)
    this.#selfSizes = enlarge(this.#selfSizes, capacity)
    if (this.#wideSizes !== null) this.#wideSizes = enlarge(this.#wideSizes, capacity)
    if (this.detachedness !== null) this.detachedness = enlarge(this.detachedness, capacity)
  }
}
