import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import { makeFolder } from '../system/make-folder.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { EvidenceSpec } from '../trial/types.js'
import type { PlannedTrialInfo } from '../types/index.js'

const PRIVATE = 0o700

/**
 * Where the snapshots of a trial are kept: in a folder of its own in `outDir`, that only this user can enter. Hashes of all snapshots
 * of a run have one key, which nobody keeps.
 */
export function keptSnapshots({
  evidence,
  outDir,
}: Pick<ResolvedOptions, 'evidence' | 'outDir'>): (
  planned: PlannedTrialInfo,
) => Promise<EvidenceSpec['keep']> {
  const key = randomBytes(32).toString('hex')
  return async ({ id, agents }) => {
    if (!evidence.endsWith('snapshots') || outDir === null) return null
    const who = agents.length === 0 ? 'no-agents' : agents.join('+').replaceAll(/[^\w.@+-]/g, '_')
    const folder = await newFolder(join(outDir, 'evidence'), `${String(id)}-${who}`)
    return { folder, key: evidence === 'raw-snapshots' ? null : key }
  }
}

/** What earlier runs left stays: the folder gets a number where its name is taken. */
async function newFolder(parent: string, name: string): Promise<string> {
  try {
    await makeFolder(parent, PRIVATE)
    for (let number = 1; ; number++) {
      const folder = join(parent, number === 1 ? name : `${name}-${String(number)}`)
      try {
        await mkdir(folder, { mode: PRIVATE })
        return folder
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  } catch (cause) {
    const { message } = cause as Error
    const expected = `expected to keep snapshots in a new folder in ${parent}`
    throw new IsolateLeakError('ERR_OUTPUT', `${expected}, got: ${message}`, { cause })
  }
}
