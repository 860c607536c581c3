import { SnapshotInvalidError } from '../snapshot-invalid-error.js'

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
