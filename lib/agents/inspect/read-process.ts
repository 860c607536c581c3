import { readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { IsolateLeakError } from '../../errors.js'

/** What the system tells of a process. */
export interface ProcessFacts {
  readonly pid: number
  /** Arguments, Node itself first. */
  readonly argv: readonly string[]
  /** Environment that it was started with. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly exe: string
  /** Files in its address space. */
  readonly mapped: readonly string[]
  /** Whether it sees other files than this process does, as in a container. */
  readonly elsewhere: boolean
}

const NODE = /^node(?:js)?(?:-?v?\d[\d.]*)?$/

/** Whether a program is Node, by its name. */
export function isNode(path: string): boolean {
  return NODE.test(basename(path))
}

/**
 * Reads a Node process, without touching it.
 * @throws IsolateLeakError `ERR_PROCESS_NOT_FOUND`, `ERR_PROCESS_NOT_PERMITTED` or `ERR_PROCESS_NOT_NODE`
 */
export async function readProcess(pid: number, proc = '/proc'): Promise<ProcessFacts> {
  const folder = `${proc}/${String(pid)}`
  const status = await readFile(`${folder}/status`, 'utf8').catch(failWith(pid, 'there is no process'))
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? ''
  if (field('Tgid') !== String(pid)) {
    throw notFound(`${String(pid)} is a thread of process ${field('Tgid')}: inspect that`)
  }
  if (/^[ZX]/.test(field('State'))) throw notFound(`process ${String(pid)} has ended`)
  const ended = failWith(pid, 'while it was being read, it ended: there is no process')
  const command = await readFile(`${folder}/cmdline`, 'utf8').catch(ended)
  if (command === '') {
    throw notNode(`process ${String(pid)} (${field('Name')}) is a kernel thread, or about to end`)
  }
  const exe = (await readlink(`${folder}/exe`).catch(ended)).replace(/ \(deleted\)$/, '')
  const mapped = mappedFiles(await readFile(`${folder}/maps`, 'utf8').catch(ended))
  if (!isNode(exe) && !mapped.some(file => /^libnode\b/.test(basename(file)))) {
    throw notNode(`process ${String(pid)} is not Node: it runs ${exe}`)
  }
  const environment = await readFile(`${folder}/environ`, 'utf8').catch(ended)
  return {
    pid,
    argv: command.replace(/\0$/, '').split('\0'),
    env: variables(environment),
    cwd: (await readlink(`${folder}/cwd`).catch(ended)).replace(/ \(deleted\)$/, ''),
    exe,
    mapped,
    elsewhere: await isElsewhere(folder, proc),
  }
}

function variables(environment: string): Record<string, string> {
  const pairs = environment.split('\0').flatMap(line => {
    const equals = line.indexOf('=')
    return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]]
  })
  return Object.fromEntries(pairs) as Record<string, string>
}

async function isElsewhere(folder: string, proc: string): Promise<boolean> {
  try {
    return (await readlink(`${folder}/ns/mnt`)) !== (await readlink(`${proc}/self/ns/mnt`))
  } catch {
    // Not told: then the paths are taken as they are, and files that are missing are said to be.
    return false
  }
}

function failWith(pid: number, missing: string): (cause: unknown) => never {
  return cause => {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') throw notFound(`${missing} ${String(pid)}`, cause)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new IsolateLeakError(
        'ERR_PROCESS_NOT_PERMITTED',
        `process ${String(pid)} belongs to somebody else: only its own user and root can read how it was started`,
        { cause },
      )
    }
    throw cause
  }
}

function notFound(message: string, cause?: unknown): IsolateLeakError {
  const options = cause === undefined ? undefined : { cause }
  return new IsolateLeakError('ERR_PROCESS_NOT_FOUND', `expected a running process: ${message}`, options)
}

function notNode(message: string): IsolateLeakError {
  return new IsolateLeakError('ERR_PROCESS_NOT_NODE', `expected a Node process: ${message}`)
}

// As the probe sees them from inside, see probe/shared-libraries.cts, which is loaded by other versions of Node.
const SYSTEM_FOLDERS = ['/lib/', '/lib32/', '/lib64/', '/usr/lib/', '/usr/lib32/', '/usr/lib64/']
const ORDINARY =
  /^(?:ld|libc|libm|libdl|librt|libpthread|libresolv|libatomic|libgcc_s|libstdc\+\+|libc\+\+|libnode|libnss_\w+)\b[-.\d\w+]*\.so/
/** They change how memory is given out, and observe nothing. */
const ALLOCATOR = /(?:jemalloc|tcmalloc|mimalloc|hoard|snmalloc)[^/]*\.so/

/** Shared objects in the text of `/proc/PID/maps`, each once. */
function mappedFiles(maps: string): string[] {
  const files = maps.split('\n').flatMap(line => /\s(\/.*?)(?: \(deleted\))?$/.exec(line)?.[1] ?? [])
  return [...new Set(files)].filter(file => /\.(?:so(?:\.[\d.]+)?|node)$/.test(file))
}

/** Those of them that are neither the system's nor Node's own. */
export function foreignLibraries(mapped: readonly string[]): string[] {
  return mapped.filter(
    file => !SYSTEM_FOLDERS.some(folder => file.startsWith(folder)) && !ORDINARY.test(basename(file)),
  )
}

/** Libraries that a value of LD_PRELOAD, or the text of /etc/ld.so.preload, names. */
export function preloadedLibraries(text: string): string[] {
  return text
    .replace(/#.*/g, '')
    .split(/[\s:]+/)
    .filter(name => name !== '')
}

export function isAllocator(library: string): boolean {
  return ALLOCATOR.test(library)
}
