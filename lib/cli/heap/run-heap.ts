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
import { EXIT, UsageError } from '../exit-status.js'
import { readHeapArguments, type HeapCommand } from './heap-arguments.js'
import { classesData, diffData, pathData, shownName } from './heap-data.js'
import { classesText, diffText, pathText } from './heap-text.js'

/**
 * `isolate-leak heap`: looks into snapshot files. Reads only; the contents of strings are never printed.
 * @throws UsageError, IsolateLeakError `ERR_SNAPSHOT_INVALID` or `ERR_SNAPSHOT_READ`
 */
export async function runHeap(
  args: readonly string[],
  context: Pick<CliContext, 'cwd'>,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const command = readHeapArguments(args)
  const read = async (file: string): Promise<HeapSnapshot> => readNamed(resolve(context.cwd(), file))
  const answer = await answerTo(command, read)
  await write(command.json ? `${JSON.stringify(answer.data, null, 2)}\n` : answer.text)
  return EXIT.clean
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

interface Answer {
  readonly text: string
  readonly data: unknown
}

async function answerTo(
  command: HeapCommand,
  read: (file: string) => Promise<HeapSnapshot>,
): Promise<Answer> {
  if (command.kind === 'diff') {
    const [first, second, third] = await inTurn(command.files, read)
    if (first === undefined || second === undefined) throw new UsageError('heap diff needs two snapshots')
    const { operations } = command
    const diff = diffHeapSnapshots(first, second, third, operations === undefined ? {} : { operations })
    const per = operations === undefined ? 'interval' : 'operation'
    const last = third ?? second
    return { text: diffText(diff, last, command.top, per), data: diffData(diff, last) }
  }
  const snapshot = await read(command.file)
  if (command.kind === 'classes') {
    const { top } = command
    return { text: classesText(snapshot, top), data: classesData(snapshot, top) }
  }
  const node = nodeOf(snapshot, command.target)
  return { text: pathText(snapshot, node), data: pathData(snapshot, node) }
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
