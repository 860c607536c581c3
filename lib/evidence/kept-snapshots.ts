import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { EvidenceSpec } from '../trial/types.js'
import type { PlannedTrialInfo } from '../types.js'

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
    const folder = join(outDir, 'evidence', `${String(id)}-${who}`)
    try {
      await mkdir(join(outDir, 'evidence'), { recursive: true, mode: PRIVATE })
      await mkdir(folder, { mode: PRIVATE })
    } catch (cause) {
      const { message } = cause as Error
      const expected = `expected to keep snapshots in a new folder ${folder}`
      throw new IsolateLeakError('ERR_OUTPUT', `${expected}, got: ${message}`, { cause })
    }
    return { folder, key: evidence === 'raw-snapshots' ? null : key }
  }
}
