import type {
  Descendant,
  IsolateReading,
  LargeBuffers,
  Part,
  ProcessCounts,
  ProcessReading,
  Reading,
  Signs,
} from '../probe/protocol.cjs'
import { basename, isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the probe of one process said. */
export interface ProcessAnswer {
  readonly pid: number
  readonly script: string
  /** `null` when it never answered. */
  readonly reading: ProcessReading | null
  readonly current: boolean
}

/**
 * Adds up the processes of an application, the launched one first.
 * @param cwd folder that scripts are named from
 */
export function combineReadings(
  launched: ProcessReading,
  children: readonly ProcessAnswer[],
  cwd: string,
): Reading {
  const unnamed = partsIn(launched, children)
  const labels = partLabels(unnamed, cwd)
  const parts = unnamed.map(({ kind, reading, current, counts }, index): Part => {
    return { kind, label: labels[index] ?? kind, reading, current, counts }
  })
  const unmeasured = withoutProbe(launched.descendants ?? [], children)
  const heaps = parts.map(({ reading }) => reading).filter(reading => reading !== null)
  const counted: ProcessCounts[] = [
    ...parts.map(({ counts }) => counts).filter(counts => counts !== null),
    ...unmeasured,
  ]
  const [main, ...others] = heaps as [IsolateReading, ...IsolateReading[]]
  const below = new Set([...(launched.descendants ?? []), ...children].map(({ pid }) => pid))
  return {
    ...others.reduce(added, main),
    rss: counted.reduce((sum, { rss }) => sum + rss, 0),
    threads: sumOf(counted.map(({ threads }) => threads)),
    descriptors: sumOf(counted.map(({ descriptors }) => descriptors)),
    children: launched.descendants === null && below.size === 0 ? null : below.size,
    workers: parts.filter(({ kind }) => kind === 'thread').length,
    ...(parts.length > 1 ? { parts } : {}),
    ...(unmeasured.length > 0 ? { unmeasured } : {}),
  }
}

/** The process (`null`: the launched one) and the thread (`null`: its main thread) that a part is. */
export interface PartPlace {
  readonly pid: number | null
  readonly thread: number | null
  /** Bytes of heap as read; `null` when it never answered. */
  readonly heapBytes: number | null
}

/** Which part has that name, `null` where none has. */
export function locatePart(
  label: string,
  launched: ProcessReading,
  children: readonly ProcessAnswer[],
  cwd: string,
): PartPlace | null {
  const unnamed = partsIn(launched, children)
  const part = unnamed[partLabels(unnamed, cwd).indexOf(label)]
  if (part === undefined) return null
  return { pid: part.pid, thread: part.thread, heapBytes: part.reading?.heapUsed ?? null }
}

type Unnamed = Omit<Part, 'label'> & Nameable & Pick<PartPlace, 'pid' | 'thread'>

function partsIn(launched: ProcessReading, children: readonly ProcessAnswer[]): Unnamed[] {
  // By age, so that names are the same in every trial: they connect in any order.
  const processes = [...children].sort((a, b) => a.pid - b.pid)
  return [
    {
      kind: 'main',
      script: '',
      reading: launched.main,
      current: true,
      counts: launched,
      pid: null,
      thread: null,
    },
    ...workersOf(launched, true, null),
    ...processes.flatMap(processParts),
  ]
}

function processParts({ script, reading, current, pid }: ProcessAnswer): Unnamed[] {
  return [
    {
      kind: 'process',
      script,
      reading: reading?.main ?? null,
      current,
      counts: reading,
      pid,
      thread: null,
    },
    ...(reading === null ? [] : workersOf(reading, current, pid)),
  ]
}

function workersOf({ workers }: ProcessReading, current: boolean, pid: number | null): Unnamed[] {
  return [...workers]
    .sort((a, b) => a.id - b.id)
    .map(worker => ({
      kind: 'thread',
      script: worker.url,
      reading: worker.reading,
      current: current && worker.current,
      counts: null,
      pid,
      thread: worker.id,
    }))
}

function added(sum: IsolateReading, one: IsolateReading): IsolateReading {
  const resources = { ...sum.resources }
  for (const [type, count] of Object.entries(one.resources)) resources[type] = (resources[type] ?? 0) + count
  return {
    heapUsed: sum.heapUsed + one.heapUsed,
    heapLimit: sum.heapLimit,
    compiledCode: sum.compiledCode + one.compiledCode,
    arrayBuffers: sum.arrayBuffers + one.arrayBuffers,
    external: sum.external + one.external,
    nativeContexts: sum.nativeContexts + one.nativeContexts,
    detachedContexts: sum.detachedContexts + one.detachedContexts,
    resources,
    listeners: sum.listeners + one.listeners,
    collectMs: Math.max(sum.collectMs, one.collectMs),
    ...largeOf(sum.largeBuffers, one.largeBuffers),
  }
}

/** What one of them does not tell is not known of both. */
function largeOf(a?: LargeBuffers, b?: LargeBuffers): Pick<IsolateReading, 'largeBuffers'> {
  if (a === undefined || b === undefined) return {}
  return { largeBuffers: { count: a.count + b.count, bytes: a.bytes + b.bytes } }
}

const SHELLS = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'zsh'])

/** Shells that wait for a process with a probe are left out: `exec` puts one before every command. */
function withoutProbe(descendants: readonly Descendant[], children: readonly ProcessAnswer[]): Descendant[] {
  const probed = new Set(children.map(({ pid }) => pid))
  const waitedFor = new Set(descendants.filter(({ pid }) => probed.has(pid)).map(({ parent }) => parent))
  return descendants.filter(({ pid, name }) => !probed.has(pid) && !(waitedFor.has(pid) && SHELLS.has(name)))
}

function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter(count => count !== null)
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0)
}

/** Of each sign the most that any of these has. */
export function mostSigns(all: readonly Signs[]): Signs {
  const most = new Map<string, number>()
  for (const [sign, count] of all.flatMap(signs => Object.entries(signs)))
    most.set(sign, Math.max(count, most.get(sign) ?? 0))
  return Object.fromEntries(most)
}

/** What a part is called after. */
interface Nameable {
  readonly kind: 'main' | 'thread' | 'process'
  /** Path or `file:` URL, empty for code that was handed over as text. */
  readonly script: string
}

const KINDS = { thread: 'worker thread', process: 'child process' }

/**
 * Names parts so that the same part has the same name in every trial: by its kind, its script and its place among those that
 * have both in common, in the order of the list.
 * @param cwd folder that scripts are named from
 */
export function partLabels(parts: readonly Nameable[], cwd: string): string[] {
  const counts = new Map<string, number>()
  return parts.map(({ kind, script }) => {
    if (kind === 'main') return 'main thread'
    const name = `${KINDS[kind]} ${scriptName(script, cwd)}`
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    return `${name} #${String(number)}`
  })
}

/** A script as people name it: from the working folder, or from its package. */
export function scriptName(script: string, cwd: string): string {
  if (script === '' || script.startsWith('data:')) return '[eval]'
  const file = script.startsWith('file:') ? fileURLToPath(script) : script
  const inPackage = file.split(/[\\/]node_modules[\\/]/).slice(1)
  const last = inPackage.at(-1)
  if (last !== undefined) return last
  const path = relative(cwd, file)
  return path.startsWith('..') || isAbsolute(path) ? basename(file) : path
}
