import { readColumns } from '../parse/read-columns.js'
import { createNewStrings } from './new-strings.js'
import { scrubNames } from './scrub-names.js'
import { writeSnapshot } from './write-snapshot.js'

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
