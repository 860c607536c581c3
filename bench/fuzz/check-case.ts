import { Readable } from 'node:stream'
import { createHeapSnapshot } from '../../lib/heap/read-heap-snapshot.js'
import { readColumns } from '../../lib/heap/parse/read-columns.js'
import type { SnapshotColumns } from '../../lib/heap/snapshot-columns.js'
import { SnapshotInvalidError } from '../../lib/heap/snapshot-invalid-error.js'
import type { Random } from '../../lib/decide/stats/random.js'
import { brokenInvariant } from '../../test/support/broken-invariant.js'
import { columnsOfRaw } from '../../test/support/columns-of.js'
import type { RawSnapshot } from '../../test/support/columns-of.js'
import { firstDifference } from '../../test/support/same-columns.js'
import { oneOf, whole } from './generate.js'

export interface CaseOutcome {
  /** Message of the error, `null` where it was read. */
  readonly invalid: string | null
  /** What should not have happened, `null` where all is well. */
  readonly find: string | null
}

/** Reads the bytes in two random ways to cut them, and checks all that holds whatever they are. */
export const checkCase = async (bytes: Buffer, random: Random): Promise<CaseOutcome> => {
  const [first, second] = [await read(bytes, random), await read(bytes, random)]
  if (first instanceof SnapshotInvalidError && second instanceof SnapshotInvalidError) {
    const { message, offset } = first
    if (message !== second.message) return { invalid: message, find: `in other pieces: ${second.message}` }
    const isInside = Number.isInteger(offset) && offset >= 0 && offset <= bytes.length
    return { invalid: message, find: isInside ? null : `offset ${offset} of ${bytes.length}` }
  }
  if (first instanceof Error || second instanceof Error)
    return { invalid: null, find: `${describe(first)}; in other pieces ${describe(second)}` }
  return { invalid: null, find: problemOf(first, second, bytes) }
}

const describe = (outcome: Error | SnapshotColumns): string =>
  outcome instanceof Error ? (outcome.stack ?? outcome.message) : 'was read'

const read = async (bytes: Buffer, random: Random): Promise<Error | SnapshotColumns> => {
  const most = oneOf(random, [1, 3, 100, 5000, Infinity, Infinity])
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = most === Infinity || bytes.length > 1e5 ? bytes.length : 1 + whole(random, most)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  try {
    return await readColumns(Readable.from(pieces))
  } catch (error) {
    return error as Error
  }
}

const problemOf = (columns: SnapshotColumns, other: SnapshotColumns, bytes: Buffer): string | null => {
  const difference = firstDifference(columns, other)
  if (difference !== null) return `in other pieces another ${difference}`
  const broken = brokenInvariant(columns)
  if (broken !== null) return broken
  const { snapshot, ...parts } = JSON.parse(bytes.toString()) as Partial<RawSnapshot> &
    Pick<RawSnapshot, 'snapshot'>
  const empty = { nodes: [], edges: [], strings: [], locations: [] }
  const noLocations = { location_fields: [] as string[] }
  const meta = { ...noLocations, ...(snapshot.meta as Partial<RawSnapshot['snapshot']['meta']>) }
  const expected = columnsOfRaw({ ...empty, ...parts, snapshot: { ...snapshot, meta } } as RawSnapshot)
  const fromParsed = firstDifference(columns, expected)
  if (fromParsed !== null) return `other than by JSON.parse: ${fromParsed}`
  return problemOfGraph(columns)
}

/** What is made of the columns has to come to an end as well. */
const problemOfGraph = (columns: SnapshotColumns): string | null => {
  try {
    const snapshot = createHeapSnapshot(columns)
    const { nodeCount } = snapshot
    const sizes = snapshot.retainedSizes()
    if (snapshot.dominators().some(node => node >= nodeCount)) return 'dominator out of range'
    if (sizes.some(size => !(size >= 0))) return 'retained size below zero'
    const counted = snapshot.classes().reduce((sum, { count }) => sum + count, 0)
    if (counted > nodeCount) return `classes of ${counted} nodes among ${nodeCount}`
    for (let node = 0; node < Math.min(nodeCount, 50); node++) {
      if (snapshot.retainers(node).some(edge => edge.to !== node)) return 'retainer of another'
      snapshot.references(node)
      snapshot.pathTo(node)
      snapshot.node(node)
      snapshot.location(node)
      snapshot.isDictionary(node)
    }
    return null
  } catch (error) {
    return `graph: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
}
