import { resolve } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import {
  diffHeapSnapshots,
  readHeapSnapshot,
  SnapshotInvalidError,
  type HeapSnapshot,
} from '../../heap/index.js'
import { className } from '../../heap/describe/class-name.js'
import type { CliContext } from '../context.js'
import { UsageError } from '../exit-status.js'
import { classesText, diffText, pathText, classesData, diffData, pathData, shownName } from './heap-text.js'

/** What `isolate-leak heap` is asked for. Files as they were given, not resolved. */
export type HeapRequest =
  | { readonly kind: 'classes'; readonly file: string; readonly top: number }
  | {
      readonly kind: 'diff'
      /** Two or three, oldest first. */
      readonly files: readonly string[]
      /** Between one snapshot and the next; absent: growth is per interval. */
      readonly operations?: readonly [number, number]
      readonly top: number
    }
  | {
      readonly kind: 'path'
      readonly file: string
      /** `@1234` for V8's object id, else a class's name. */
      readonly target: string
    }

/** For people, and as plain data. */
export interface HeapAnswer {
  readonly text: string
  readonly data: unknown
}

/**
 * Looks into snapshot files. Reads only; the contents of strings are not in the answer.
 * @throws UsageError, IsolateLeakError `ERR_SNAPSHOT_INVALID` or `ERR_SNAPSHOT_READ`
 */
export async function runHeap(request: HeapRequest, { cwd }: Pick<CliContext, 'cwd'>): Promise<HeapAnswer> {
  const read = async (file: string): Promise<HeapSnapshot> => readNamed(resolve(cwd(), file))
  if (request.kind === 'diff') return diffOf(request, read)
  const snapshot = await read(request.file)
  if (request.kind === 'classes') {
    const { top } = request
    return { text: classesText(snapshot, top), data: classesData(snapshot, top) }
  }
  const node = nodeOf(snapshot, request.target)
  return { text: pathText(snapshot, node), data: pathData(snapshot, node) }
}

async function diffOf(
  { files, operations, top }: Extract<HeapRequest, { kind: 'diff' }>,
  read: (file: string) => Promise<HeapSnapshot>,
): Promise<HeapAnswer> {
  const [first, second, third] = await inTurn(files, read)
  if (first === undefined || second === undefined) throw new UsageError('heap diff needs two snapshots')
  const diff = diffHeapSnapshots(first, second, third, operations === undefined ? {} : { operations })
  const per = operations === undefined ? 'interval' : 'operation'
  const last = third ?? second
  return { text: diffText(diff, last, top, per), data: diffData(diff, last) }
}

/** Of several files the damaged one is named. */
async function readNamed(file: string): Promise<HeapSnapshot> {
  try {
    return await readHeapSnapshot(file)
  } catch (error) {
    if (!(error instanceof SnapshotInvalidError)) throw error
    throw new IsolateLeakError(
      'ERR_SNAPSHOT_INVALID',
      `expected a whole heap snapshot at ${file}, got a damaged one`,
      { cause: error },
    )
  }
}

async function inTurn<T, U>(all: readonly T[], one: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = []
  for (const item of all) done.push(await one(item))
  return done
}

/** An object by V8's id, or the largest of a class. */
function nodeOf(snapshot: HeapSnapshot, target: string): number {
  if (/^@\d+$/.test(target)) {
    const node = snapshot.nodeWithId(Number(target.slice(1)))
    if (node < 0) throw new UsageError(`the snapshot has no object ${target}`)
    return node
  }
  const found = snapshot.classes().find(one => [one.name, className(one), shownName(one)].includes(target))
  if (found === undefined) throw new UsageError(`the snapshot has no class called '${target}'`)
  const retained = snapshot.retainedSizes()
  return found
    .nodes()
    .reduce((largest, node) => ((retained[node] ?? 0) > (retained[largest] ?? 0) ? node : largest))
}
