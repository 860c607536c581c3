import { parseArgs } from 'node:util'
import { UsageError } from '../exit-status.js'

/** What `isolate-leak heap` is asked for. Files as they were given, not resolved. */
export type HeapCommand =
  | { readonly kind: 'classes'; readonly file: string; readonly top: number; readonly json: boolean }
  | {
      readonly kind: 'diff'
      /** Two or three, oldest first. */
      readonly files: readonly string[]
      /** Between one snapshot and the next; absent: growth is per interval. */
      readonly operations?: readonly [number, number]
      readonly top: number
      readonly json: boolean
    }
  | {
      readonly kind: 'path'
      readonly file: string
      /** `@1234` for V8's object id, else a class's name. */
      readonly target: string
      readonly json: boolean
    }

const EXAMPLES = {
  classes: 'isolate-leak heap classes app.heapsnapshot',
  diff: 'isolate-leak heap diff first.heapsnapshot second.heapsnapshot third.heapsnapshot --operations 1000',
  path: 'isolate-leak heap path app.heapsnapshot @48213',
}
const TOP = 15

/**
 * Reads the arguments behind `heap`.
 * @throws UsageError with a sentence
 */
export function readHeapArguments(args: readonly string[]): HeapCommand {
  const { values, positionals } = parse(args)
  const [kind, ...files] = positionals
  const top = values.top === undefined ? TOP : wholeNumber('--top', values.top)
  const json = values.json ?? false
  if (kind === 'classes') {
    const [file] = exactly(files, 1, 1, `a heap snapshot: ${EXAMPLES.classes}`)
    return { kind, file, top, json }
  }
  if (kind === 'diff') {
    const some = exactly(files, 2, 3, `two or three snapshots of one process, oldest first: ${EXAMPLES.diff}`)
    const operations = values.operations === undefined ? {} : { operations: intervals(values.operations) }
    return { kind, files: some, ...operations, top, json }
  }
  if (kind === 'path') {
    const [file, target = ''] = exactly(files, 2, 2, `a snapshot and an object or a class: ${EXAMPLES.path}`)
    return { kind, file, target, json }
  }
  throw new UsageError(`heap needs one of classes, diff or path, for example ${EXAMPLES.classes}`)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, top: { type: 'string' }, operations: { type: 'string' } },
    })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(message.split(/\. To specify/)[0] ?? message, { cause: error })
  }
}

function exactly(files: readonly string[], least: number, most: number, what: string): [string, ...string[]] {
  const [first, ...rest] = files
  if (first === undefined || files.length < least || files.length > most)
    throw new UsageError(`heap needs ${what}`)
  return [first, ...rest]
}

function intervals(text: string): [number, number] {
  const [first = '', second = first, ...more] = text.split(',')
  if (more.length > 0) throw new UsageError(`--operations must be one number or two, got '${text}'`)
  return [wholeNumber('--operations', first), wholeNumber('--operations', second)]
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new UsageError(`${name} must be a whole number from 1, got '${text}'`)
  return Number(text)
}
