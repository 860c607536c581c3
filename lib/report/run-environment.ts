import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import type { ResolvedEntry } from '../options/resolved.js'
import type { MachineLoad, RunEnvironment } from '../types/index.js'
import { packageVersion } from '../system/version.js'
import { readFileSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'

/** The machine, the Node that runs the application, and this library. */
export function runEnvironment(entry: Pick<ResolvedEntry, 'nodeVersion' | 'v8Version'>): RunEnvironment {
  const libc = platform() === 'linux' ? cLibrary() : undefined
  return {
    isolateLeak: packageVersion(),
    node: entry.nodeVersion,
    v8: entry.v8Version,
    platform: platform(),
    arch: arch(),
    release: release(),
    ...(libc === undefined ? {} : { libc }),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

/** The script that lists shared libraries; it comes with the C library and names it. */
const LDD = '/usr/bin/ldd'

/** `glibc 2.36` or `musl`; nothing where that is not known, as on systems that have one only. */
export function cLibrary(path: string = LDD): string | undefined {
  let script: string
  try {
    script = readFileSync(path, 'utf8')
  } catch {
    // A detail for people: what cannot be read is not known.
    return undefined
  }
  const [, version] = /\b(?:GLIBC|GNU libc)\b[^\n]*?\) (\d+\.\d+)/.exec(script) ?? []
  if (version !== undefined) return `glibc ${version}`
  return script.includes('ld-musl') ? 'musl' : undefined
}

/** Ticks of `/proc/PID/stat` in a second, everywhere that Node runs (`USER_HZ`). */
const TICK_MS = 10

interface Spent {
  readonly totalMs: number
  readonly usedMs: number
  /** By this process and those that descend from it, ended or not. */
  readonly ownMs: number | null
}

/** Begins to watch how busy the processors are; the function tells it of the time since. */
export async function watchLoad(): Promise<() => Promise<MachineLoad | null>> {
  const before = await spent()
  return async () => {
    const after = await spent()
    const totalMs = after.totalMs - before.totalMs
    if (totalMs <= 0) return null
    const share = (ms: number): number => Math.min(1, Math.max(0, ms / totalMs))
    const usedMs = after.usedMs - before.usedMs
    const ownMs = after.ownMs === null || before.ownMs === null ? null : after.ownMs - before.ownMs
    return { used: share(usedMs), byOthers: ownMs === null ? null : share(usedMs - ownMs) }
  }
}

async function spent(): Promise<Spent> {
  const times = cpus().map(cpu => cpu.times)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const totalMs = sum(times.flatMap(one => Object.values(one)))
  return { totalMs, usedMs: totalMs - sum(times.map(({ idle }) => idle)), ownMs: await ownMs() }
}

interface Process {
  readonly pid: number
  readonly parent: number
  /** With that of the children it has waited for. */
  readonly spentMs: number
}

async function ownMs(): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const all = (await Promise.all(names.map(processOf))).filter(one => one !== null)
  const descend = (pid: number): number =>
    all
      .filter(({ parent }) => parent === pid)
      .reduce((sum, child) => sum + child.spentMs + descend(child.pid), 0)
  return (all.find(({ pid }) => pid === process.pid)?.spentMs ?? 0) + descend(process.pid)
}

/** `null`: it ended meanwhile. */
async function processOf(name: string): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = fields.slice(11, 15).reduce((sum, count) => sum + count, 0)
    return { pid: Number(name), parent: fields[1] ?? 0, spentMs: ticks * TICK_MS }
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
