import { join } from 'node:path'
import { projectPath } from './project-path.js'
import { runClean } from './run-clean.js'

export const projectFolder = projectPath()

export interface PackedFile {
  readonly path: string
  readonly size: number
}

export interface Packed {
  /** Absolute path. */
  readonly tarball: string
  readonly files: readonly PackedFile[]
}

/** Packs the project as it is built now. */
export const packInto = async (folder: string): Promise<Packed> => {
  const { exitCode, stdout, stderr } = await runClean(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: projectFolder, timeoutMs: 60_000 },
  )
  if (exitCode !== 0) throw new Error(`npm pack failed: ${stderr}`)
  const answer = JSON.parse(stdout) as unknown
  // npm 12 answers with an object by package name, older ones with a list.
  const [packed] = Object.values(answer as Record<string, { filename: string; files: PackedFile[] }>)
  if (packed === undefined) throw new Error(`npm pack packed nothing: ${stdout}`)
  return { tarball: join(folder, packed.filename), files: packed.files }
}
