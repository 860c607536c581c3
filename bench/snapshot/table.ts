import type { Outcome, Work } from './readers.js'

export type Reading =
  | (Outcome & { readonly cpuMs: number; readonly wallMs: number; readonly peakBytes: number })
  | { readonly failed: string }

export interface Measured {
  readonly file: string
  readonly fileBytes: number
  readonly reader: string
  readonly work: Work
  /** Processes that wanted a processor in the minute before. */
  readonly load: number
  readonly reading: Reading
}

type Quantity = 'cpuMs' | 'peakBytes'

const OURS = 'isolate-leak/heap'
const WORKS: Readonly<Record<Work, string>> = {
  path: 'strings, retainers, one path',
  retained: 'and dominators, retained sizes',
  floor: 'numbers only',
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2
}

const valuesOf = (group: readonly Measured[], quantity: Quantity): number[] =>
  group.flatMap(({ reading }) => ('failed' in reading ? [] : [reading[quantity]]))

const withSpread = (values: readonly number[], format: (value: number) => string): string => {
  if (values.length === 0) return 'failed'
  if (values.length === 1) return format(values[0] ?? NaN)
  return `${format(median(values))} (${format(Math.min(...values))} to ${format(Math.max(...values))})`
}

const seconds = (ms: number): string => (ms / 1e3).toFixed(ms < 9950 ? 2 : 1)
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)

/** As a multiple of this library's for the same work; of what does more than was asked for as well. */
const ratio = (group: readonly Measured[], ours: readonly Measured[], quantity: Quantity): string => {
  const times = median(valuesOf(group, quantity)) / median(valuesOf(ours, quantity))
  return Number.isFinite(times) ? times.toFixed(1) : ''
}

export const markdown = (measured: readonly Measured[], conditions: string): string => {
  const lines = [
    '# Reading heap snapshots',
    '',
    conditions,
    '',
    'Each reading is a process of its own, readers taking turns: median, and smallest to largest. CPU time is user and system of the',
    'whole process with its start, memory its peak resident size; the last two columns are multiples of what `isolate-leak/heap`',
    'takes for the same work. The DevTools parser always computes retained sizes. `v8-heapsnapshot` is not asked to read files above',
    '500 MB: at 400 MB it takes 15 times the size of the file. The floor is a loop that puts the numbers of nodes and edges into two',
    'typed arrays and checks nothing. Files above 1 GB are read once. How busy the machine was is in the JSON file, by reading.',
  ]
  for (const file of new Set(measured.map(one => one.file))) {
    const ofFile = measured.filter(one => one.file === file)
    const ours = (work: Work): Measured[] => ofFile.filter(one => one.reader === OURS && one.work === work)
    const { nodes, edges } = countsOf(ofFile)
    lines.push(
      ...['', `## ${file}: ${megabytes(ofFile[0]?.fileBytes ?? NaN)} MB, ${nodes} nodes, ${edges} edges`, ''],
      '| reader | work | CPU s | peak MB | CPU, times ours | memory, times ours |',
      '|---|---|---|---|---|---|',
    )
    for (const work of Object.keys(WORKS) as Work[]) {
      const ofWork = ofFile.filter(one => one.work === work)
      for (const reader of new Set(ofWork.map(one => one.reader))) {
        const group = ofWork.filter(one => one.reader === reader)
        const own = ours(work === 'floor' ? 'path' : work)
        const cells = [
          ...[reader, WORKS[work], withSpread(valuesOf(group, 'cpuMs'), seconds)],
          ...[
            withSpread(valuesOf(group, 'peakBytes'), megabytes),
            ratio(group, own, 'cpuMs'),
            ratio(group, own, 'peakBytes'),
          ],
        ]
        lines.push(`| ${cells.join(' | ')} |`)
      }
    }
  }
  return `${lines.join('\n')}\n`
}

const countsOf = (measured: readonly Measured[]): { nodes: string; edges: string } => {
  for (const { reading } of measured)
    if (!('failed' in reading))
      return { nodes: reading.nodes.toLocaleString('en'), edges: reading.edges.toLocaleString('en') }
  return { nodes: 'unknown', edges: 'unknown' }
}
