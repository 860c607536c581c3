import { SnapshotInvalidError } from '../snapshot-invalid-error.js'
import { allocate, enlarge } from './allocate.js'
import { firstCapacity, nextCapacity } from './capacity.js'
import type { ByteWindow } from './byte-window.js'
import type { RowProblem, RowSink } from './integer-scanner.js'
import type { SnapshotLayout } from './snapshot-layout.js'

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
    if (first + rows > nodeCount)
      return {
        at: (nodeCount - first) * this.width,
        sentence: `expected ${nodeCount} nodes as declared, got more`,
      }
    this.#reserve(first + rows)
    const sizeAt = nodeFields.indexOf('self_size')
    const problem = this.#findLarge(large, sizeAt)
    if (problem !== null) return problem

    const { types, names, ids, firstEdges, width } = this
    const sizes = this.#selfSizes
    const [typeAt, nameAt] = [nodeFields.indexOf('type'), nodeFields.indexOf('name')]
    const [idAt, countAt] = [nodeFields.indexOf('id'), nodeFields.indexOf('edge_count')]
    let sum = firstEdges[first] as number
    let lastType = 0
    let lastName = 0
    for (let row = 0, at = 0, node = first; row < rows; row++, at += width, node++) {
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
    this.count += rows
    this.lastName = Math.max(this.lastName, lastName)
    if (lastType >= nodeTypeNames.length)
      return firstAbove(values, typeAt, width, nodeTypeNames.length - 1, 'a node type')
    if (sum > edgeCount) return this.#tooManyEdges(values, countAt, firstEdges[first] as number)
    if (large.size > 0) this.#widen()
    if (this.#wideSizes !== null) this.#copySizes(this.#wideSizes, values, sizeAt, first, large)
    return this.#acceptDetachedness(values, rows, first)
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

  #acceptDetachedness(values: Uint32Array, rows: number, first: number): RowProblem | null {
    const { detachedness, width } = this
    if (detachedness === null) return null
    const position = this.#layout.nodeFields.indexOf('detachedness')
    let last = 0
    for (let row = 0, at = position; row < rows; row++, at += width) {
      const value = values[at] as number
      detachedness[first + row] = value
      if (value > last) last = value
    }
    return last > 0xff ? firstAbove(values, position, width, 0xff, 'a detachedness') : null
  }

  /** A number above 32 bit in a column that has no room for it. */
  #findLarge(large: ReadonlyMap<number, number>, sizeAt: number): RowProblem | null {
    for (const [at, value] of large) {
      const field = this.#layout.nodeFields[at % this.width] as string
      if (at % this.width !== sizeAt && USED_FIELDS.has(field))
        return { at, sentence: `expected ${field} of a node to be below 4294967296, got ${value}` }
    }
    return null
  }

  #tooManyEdges(values: Uint32Array, countAt: number, before: number): RowProblem {
    const { edgeCount } = this.#layout
    let at = countAt
    for (let sum = before + (values[at] as number); sum <= edgeCount; sum += values[at] as number)
      at += this.width
    return { at, sentence: `expected nodes to have ${edgeCount} edges as declared, got more` }
  }

  #widen(): void {
    if (this.#wideSizes !== null) return
    this.#wideSizes = allocate(Float64Array, this.#capacity)
    this.#wideSizes.set(this.#selfSizes)
  }

  #copySizes(
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

const USED_FIELDS: ReadonlySet<string> = new Set(['type', 'name', 'id', 'edge_count', 'detachedness'])

/** The first value of a column that is above the largest it may be. */
export function firstAbove(
  values: Uint32Array,
  position: number,
  width: number,
  most: number,
  what: string,
): RowProblem {
  let at = position
  while ((values[at] as number) <= most) at += width
  return { at, sentence: `expected ${what} of up to ${most}, got ${values[at] as number}` }
}
