import { Command } from 'commander'
import { EXIT, UsageError } from '../exit-status.js'
import type { CommandIo } from './command-io.js'
import { expected, wholeNumber } from './values.js'
import { resolve } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import {
  type HeapSnapshot,
  SnapshotInvalidError,
  diffHeapSnapshots,
  readHeapSnapshot,
} from '../../heap/index.js'
import { className } from '../../heap/describe/class-name.js'
import type { CliContext } from '../context.js'
import { classesData, classesText, diffData, diffText, pathData, pathText, shownName } from '../heap-text.js'

interface Flags {
  readonly json?: boolean
  readonly top: number
  readonly operations?: readonly [number, number]
}

const TOP = 15

/** `isolate-leak heap`, with commands of its own. */
export function heapCommand(io: CommandIo): Command {
  const answer = async (request: HeapRequest, { json = false }: Pick<Flags, 'json'>): Promise<void> => {
    const { text, data } = await runHeap(request, io.context)
    await io.stdout(json ? `${JSON.stringify(data, null, 2)}\n` : text)
    io.end(EXIT.clean)
  }
  const command = (name: string, summary: string): Command =>
    new Command(name).summary(summary).option('--json', 'print the answer as JSON')
  const withTop = (to: Command): Command => to.option('--top <n>', 'how many are shown', wholeNumber(1), TOP)

  const classes = withTop(command('classes', 'the largest classes'))
    .description('Prints the largest classes of a snapshot, with count and size.')
    .argument('<snapshot>', 'a .heapsnapshot file')
    .action(async (file: string, flags: Flags) => answer({ kind: 'classes', file, top: flags.top }, flags))
  const diff = withTop(command('diff', 'what grew between snapshots'))
    .description('Tells what grew between two or three snapshots of one process, and what holds it.')
    .argument('<first>', 'the oldest snapshot')
    .argument('<second>', 'a later one')
    .argument('[third]', 'one later still: what grew twice is no accident')
    .option('--operations <n>[,<m>]', 'operations between one and the next', intervals)
    .action(async (first: string, second: string, third: string | undefined, flags: Flags) => {
      const files = third === undefined ? [first, second] : [first, second, third]
      const { top, operations } = flags
      await answer({ kind: 'diff', files, top, ...(operations === undefined ? {} : { operations }) }, flags)
    })
  const path = command('path', 'what keeps one object alive')
    .description('Prints what keeps one object alive: the shortest path from a root.')
    .argument('<snapshot>', 'a .heapsnapshot file')
    .argument('<target>', "V8's id of the object such as @48213, or a class: then its largest object")
    .action(async (file: string, target: string, flags: Flags) =>
      answer({ kind: 'path', file, target }, flags),
    )

  return new Command('heap')
    .summary('look into heap snapshots')
    .description(
      'Looks into heap snapshot files (.heapsnapshot of Node or Chrome), of any size. The contents of strings are not printed.',
    )
    .addCommand(classes)
    .addCommand(diff)
    .addCommand(path)
}

function intervals(text: string): [number, number] {
  const [first = '', second = first, ...more] = text.split(',')
  if (more.length > 0) throw expected('one number, or two with a comma between them')
  const read = wholeNumber(1)
  return [read(first), read(second)]
}

/** What `isolate-leak heap` is asked for. Files as they were given, not resolved. */
type HeapRequest =
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
interface HeapAnswer {
  readonly text: string
  readonly data: unknown
}

/**
 * Looks into snapshot files. Reads only; the contents of strings are not in the answer.
 * @throws UsageError, IsolateLeakError `ERR_SNAPSHOT_INVALID` or `ERR_SNAPSHOT_READ`
 */
async function runHeap(request: HeapRequest, { cwd }: Pick<CliContext, 'cwd'>): Promise<HeapAnswer> {
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
