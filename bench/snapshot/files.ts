import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { freemem } from 'node:os'
import { projectPath } from '../../test/support/project-path.js'

export interface SnapshotFile {
  readonly name: string
  readonly file: string
  readonly bytes: number
}

/** Bytes of a snapshot for one entry that `heap.cjs` puts into the heap. */
const BYTES_PER_ENTRY = 1610
/** Memory that V8 takes for writing a snapshot, times the size of the file. */
const WRITING_TIMES = 7

/** A real snapshot of about so many bytes, written once. */
export const snapshotFile = (name: string, aboutBytes: number): SnapshotFile => {
  const folder = projectPath('.cache', 'snapshot')
  const file = `${folder}/${name}.heapsnapshot`
  mkdirSync(folder, { recursive: true })
  if (sizeOf(file) === null) {
    const needed = aboutBytes * WRITING_TIMES
    if (freemem() < needed)
      throw new Error(`writing ${name} takes ${needed / 1e9} GB, ${freemem() / 1e9} GB are free`)
    const script = projectPath('bench', 'snapshot', 'heap.cjs')
    const args = [
      '--max-old-space-size=20000',
      script,
      `${file}.draft`,
      String(Math.round(aboutBytes / BYTES_PER_ENTRY)),
    ]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status !== 0) throw new Error(`${name} could not be written: ${status ?? 'killed'}`)
    renameSync(`${file}.draft`, file)
  }
  return { name, file, bytes: sizeOf(file) ?? 0 }
}

const sizeOf = (file: string): number | null => statSync(file, { throwIfNoEntry: false })?.size ?? null
