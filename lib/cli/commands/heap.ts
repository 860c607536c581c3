import { Command } from 'commander'
import { EXIT } from '../exit-status.js'
import { runHeap, type HeapRequest } from '../heap/run-heap.js'
import type { CommandIo } from './command-io.js'
import { expected, wholeNumber } from './values.js'

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
