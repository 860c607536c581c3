import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { IsolateLeakError } from '../../errors.js'
import type { ReportData } from '../../types/index.js'
import type { SupportingFile } from './types.js'
import type { BisectData } from '../../types/bisect.js'
import { faultOf, list, object, text, word } from '../read/readable.js'

/** What a run leaves in its folder, and reporters beside it. */
const OF_A_RUN = /^(?:journal\.jsonl|bisect\.jsonl?|report\..+|.+\.heapsnapshot)$/
const EVIDENCE = 'evidence'

/**
 * Finds the files of an incident, with size and SHA-256: the report, what its run left beside it (journal, other forms of the
 * report, kept snapshots), and what the report names. Paths are relative to the folder of the report.
 *
 * @param further files that belong to it wherever they are, for example the answer of a bisection
 * @param except files that are none of it
 * @throws IsolateLeakError `ERR_REPORT` when one of them cannot be read
 */
export async function findSupportingFiles(
  reportPath: string,
  { culprits }: ReportData,
  further: readonly string[] = [],
  except: readonly string[] = [],
): Promise<SupportingFile[]> {
  const folder = dirname(resolve(reportPath))
  const named = culprits.flatMap(({ evidence }) => evidence?.files ?? [])
  const beside = await besideReport(folder)
  const candidates = [resolve(reportPath), ...further.map(file => resolve(file)), ...beside]
  const inPlace = await Promise.all(named.map(async file => whereItIs(file, folder)))
  const paths = [...new Set([...candidates, ...inPlace.flatMap(file => file ?? [])])]
  const wanted = paths.filter(path => !except.includes(path))
  return Promise.all(wanted.map(async path => described(path, folder)))
}

/** Sorted, those of a folder of evidence last. */
async function besideReport(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && OF_A_RUN.test(entry.name)).map(({ name }) => name)
  const hasEvidence = entries.some(entry => entry.isDirectory() && entry.name === EVIDENCE)
  const kept = hasEvidence
    ? (await readdir(join(folder, EVIDENCE), { recursive: true, withFileTypes: true }))
        .filter(entry => entry.isFile())
        .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    : []
  return [...files.sort(), ...kept.sort()].map(name => join(folder, name))
}

/** Where it was written, or below the report where all of it was moved; `null`: in neither place. */
async function whereItIs(file: string, folder: string): Promise<string | null> {
  const parts = file.split(/[\\/]/)
  const below = parts.slice(Math.max(0, parts.lastIndexOf(EVIDENCE)))
  for (const path of [resolve(folder, file), join(folder, ...below), join(folder, basename(file))]) {
    const found = await stat(path).catch(() => null)
    if (found?.isFile() === true) return path
  }
  return null
}

async function described(path: string, folder: string): Promise<SupportingFile> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    await pipeline(
      createReadStream(path),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length
          yield chunk
        }
      },
      hash,
    )
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_REPORT', `expected to read ${path}, got: ${message}`, { cause })
  }
  const shown = relative(folder, path).split(sep).join('/')
  return { path: shown.startsWith('..') ? basename(path) : shown, bytes, sha256: hash.digest('hex') }
}

/** What a post-mortem needs of it. */
const shape = object({
  verdict: word('found', 'clean', 'leaks-throughout', 'inconclusive'),
  agent: text,
  reason: text,
  edges: list(
    object({
      kind: word('bad', 'fixed'),
      version: text,
      before: text,
      packages: list(object({ name: text })),
    }),
  ),
  versions: list(object({ version: text })),
})

/**
 * Reads the answer of a search among versions (`bisect.json` of its `outDir`, or what `--json` prints).
 * @throws IsolateLeakError `ERR_REPORT` when it cannot be read or is something else
 */
export async function readBisect(path: string): Promise<BisectData> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_REPORT',
      `expected the answer of bisect (JSON) at ${path}, got: ${message}`,
      {
        cause,
      },
    )
  }
  const fault = faultOf(shape, value)
  if (fault !== null) throw new IsolateLeakError('ERR_REPORT', `${fault}, in the answer of bisect ${path}`)
  return value as BisectData
}
