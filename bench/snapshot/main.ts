/**
 * Reading heap snapshots beside other readers, on the same files in one run:
 * `npx tsc -p bench && node .cache/bench/bench/snapshot/main.js [--files=40MB,400MB,2GB] [--repeats=3] [--readers=PART] [--out=NAME]`
 *
 * Each reading is a process of its own; readers take turns. CPU time is user and system of the whole process, memory its peak
 * resident size. Files are written when they are missing; readers are installed into `.cache` on demand. Files above 1 GB are
 * read once.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { installOnce } from '../../lib/agents/packages/install-once.js'
import { projectPath } from '../../test/support/project-path.js'
import { snapshotFile } from './files.js'
import type { SnapshotFile } from './files.js'
import { readers } from './readers.js'
import type { Outcome, Reader, Work } from './readers.js'
import { markdown } from './table.js'
import type { Measured, Reading } from './table.js'

const SIZES: Readonly<Record<string, number>> = { '40MB': 40e6, '400MB': 400e6, '2GB': 2e9 }
const LARGE_BYTES = 1e9

const option = (name: string, otherwise: string): string =>
  process.argv.find(argument => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise

const folderOf = async ({ specs }: Reader): Promise<string> => {
  if (specs.length === 0) return ''
  const key = createHash('sha256').update(specs.join('\n')).digest('hex').slice(0, 16)
  const folder = projectPath('.cache', 'peers', key)
  await installOnce({ folder, specs, scripts: false })
  return folder
}

const readOnce = (
  reader: Reader,
  work: Work,
  { file, bytes }: SnapshotFile,
  folder: string,
): Promise<Reading> =>
  new Promise(resolve => {
    const script = fileURLToPath(new URL('read-once.js', import.meta.url))
    // What the others make of a large file does not fit into the heap that V8 allows by itself.
    const execArgv =
      bytes > LARGE_BYTES || reader.name === 'v8-heapsnapshot' ? ['--max-old-space-size=16000'] : []
    const child = fork(script, [reader.name, work, file, folder], { execArgv })
    let reading: Reading = { failed: 'no answer' }
    child.on('message', message => {
      reading = message as Outcome & { cpuMs: number; wallMs: number; peakBytes: number }
    })
    child.on('exit', (code, signal) => {
      resolve(code === 0 ? reading : { failed: `ended with ${code ?? signal ?? 'nothing'}` })
    })
  })

const cpu = `${cpus().length} x ${cpus()[0]?.model ?? ''}, ${Math.round(totalmem() / 1e9)} GB`
const conditions = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpu}, ${new Date().toISOString().slice(0, 10)}`
const out = option('out', projectPath('bench', 'results', 'snapshot'))
const measured: Measured[] = []
/** What was measured so far: kept after each file, as the larger ones take long. */
const save = (): void => {
  writeFileSync(`${out}.json`, `${JSON.stringify({ schemaVersion: 1, conditions, measured }, null, 2)}\n`)
  writeFileSync(`${out}.md`, markdown(measured, conditions))
}

const repeats = Number(option('repeats', '3'))
const chosen = readers.filter(({ name }) => name.includes(option('readers', '')))
for (const name of option('files', '40MB,400MB,2GB').split(',')) {
  const file = snapshotFile(name, SIZES[name] ?? NaN)
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const reader of chosen) {
      const isOnce = file.bytes > (reader.onceAboveBytes ?? LARGE_BYTES)
      if (file.bytes > reader.mostBytes || (isOnce && repeat > 0)) continue
      const folder = await folderOf(reader)
      for (const work of reader.works) {
        const load = loadavg()[0] ?? 0
        const reading = await readOnce(reader, work, file, folder)
        measured.push({ file: name, fileBytes: file.bytes, reader: reader.name, work, load, reading })
        console.log(JSON.stringify(measured.at(-1)))
      }
    }
  }
  save()
}
console.log(markdown(measured, conditions))
