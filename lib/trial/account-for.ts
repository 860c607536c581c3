import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { scrubSnapshot } from '../heap/scrub/scrub-snapshot.js'
import { accountOfFiles } from '../heap/heap-account.js'
import { maskKey } from '../options/redact/mask-key.js'
import type { Captured, CapturedSnapshot, EvidenceSpec } from './types.js'

/** Reads the snapshots of an evidence trial, and then removes them, or keeps them where that was asked for. */
export async function accountFor(
  captured: Captured,
  { keep }: EvidenceSpec,
  signal: AbortSignal,
): Promise<Captured> {
  const { snapshots } = captured
  const [first, second, third] = snapshots
  const isWhole = first !== undefined && second !== undefined && third !== undefined
  const heap = isWhole ? await accountOfFiles([first, second, third], maskKey, signal) : null
  const kept: CapturedSnapshot[] = []
  for (const snapshot of snapshots) {
    const { path } = snapshot
    if (keep !== null) {
      const to = join(keep.folder, basename(path))
      // Both leave the mode of the file as it is: nobody else can read it.
      if (keep.key === null) await copyFile(path, to, constants.COPYFILE_EXCL)
      else await scrubSnapshot(path, to, Buffer.from(keep.key, 'hex'))
      kept.push({ ...snapshot, path: to })
    }
    await rm(path, { force: true })
  }
  return { ...captured, heap, snapshots: kept }
}
