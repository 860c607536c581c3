import type { PathStep } from '../../heap/describe/path-in-words.js'
import type { HeapDiff } from '../../heap/heap-diff.js'
import type { HeapSnapshot, SourceLocation } from '../../heap/heap-snapshot.js'
import { pathInWords } from '../../heap/describe/path-in-words.js'
import { formatBytes, formatNumber } from '../../report/format/bytes.js'
import { shorten, table } from '../../report/format/layout.js'
import { maskKey } from '../../redact/mask-key.js'
import { shownName, shownPath } from './heap-data.js'

/** With the numbers in front of them a line of a table has at most 100 characters. */
const WIDEST = { name: 32, place: 36, stepName: 48 }

/** The largest classes, one line each. */
export function classesText(snapshot: HeapSnapshot, top: number): string {
  const classes = snapshot.classes().slice(0, top)
  const { nodeCount, edgeCount, totalSizeBytes } = snapshot
  const size = formatBytes(totalSizeBytes)
  return lines([
    `${formatNumber(nodeCount)} nodes, ${formatNumber(edgeCount)} edges, ${size}`,
    '',
    ...table(
      ['count', 'self size', 'class', 'where'],
      classes.map(one => [
        formatNumber(one.count),
        formatBytes(one.selfSizeBytes),
        shorten(shownName(one), WIDEST.name),
        shortPlace(one.location),
      ]),
    ),
  ])
}

/** What grew, and what holds it. */
export function diffText(diff: HeapDiff, last: HeapSnapshot, top: number, per: string): string {
  const { added, classes, clusters } = diff
  const rate = (perOperation: number): string => formatNumber(perOperation, perOperation < 0.1 ? 4 : 2)
  const growing = classes.filter(({ isProportional }) => isProportional !== false).slice(0, top)
  const holding = clusters.filter(({ isProportional }) => isProportional !== false).slice(0, top)
  return lines([
    `${formatNumber(added.count)} nodes were added and are kept, ${formatBytes(added.sizeBytes)}`,
    '',
    growing.length === 0 ? 'No class grows throughout.' : `Classes that grow throughout, per ${per}:`,
    ...(growing.length === 0
      ? []
      : table(
          ['nodes', 'bytes', 'counts', 'class', 'where'],
          growing.map(one => [
            rate(one.perOperation),
            formatBytes(one.bytesPerOperation),
            one.counts.map(count => formatNumber(count)).join(' > '),
            shorten(shownName(one.class), WIDEST.name),
            shortPlace(one.class.location),
          ]),
        )),
    '',
    holding.length === 0
      ? 'Nothing holds more and more.'
      : 'What holds it, by its share of what was added (* was there before):',
    ...holding.flatMap(cluster => {
      const old = new Set(cluster.path.slice(0, cluster.oldSteps).map(({ to }) => to))
      const count = `${rate(cluster.perOperation)} per ${per}`
      return [
        '',
        `${formatBytes(cluster.leakShareBytes)}, ${count}${cluster.location === null ? '' : `, ${placeOf(cluster.location)}`}`,
        ...stepLines(pathInWords(last, cluster.path, maskKey), old),
      ]
    }),
  ])
}

/** The shortest way that keeps an object alive, one line a step. */
export function pathText(snapshot: HeapSnapshot, node: number): string {
  const path = shownPath(snapshot, node)
  const { id, selfSizeBytes } = snapshot.node(node)
  const name = shorten(shownName(snapshot.classOf(node)), WIDEST.stepName)
  const retained = formatBytes(snapshot.retainedSizes()[node] ?? 0)
  return lines([
    `${name} @${String(id)}: ${formatBytes(selfSizeBytes)}, keeps ${retained} alive`,
    ...(path === null ? ['Nothing keeps it alive.'] : stepLines(path, new Set())),
  ])
}

function stepLines(steps: readonly PathStep[], old: ReadonlySet<number>): string[] {
  return steps.map(({ by, name, node, location }) => {
    const mark = old.has(node) ? '*' : ' '
    const place = location === null ? '' : `  ${placeOf(location)}`
    return `  ${mark} ${by === '' ? '' : `${by}: `}${shorten(name, WIDEST.stepName)}${place}`
  })
}

/** The end of the path: with the package where it is in one. */
function shortPlace(location: SourceLocation | null): string {
  if (location === null) return ''
  const { script, line } = location.original ?? location
  const inPackage = script.split('/node_modules/').at(-1) ?? script
  const { name = '', version = '' } = location.package ?? {}
  const shown = inPackage.startsWith(`${name}/`) ? inPackage.replace(name, `${name}@${version}`) : inPackage
  const text = `${shown === '' ? '?' : shown}:${String(line)}`
  return text.length <= WIDEST.place ? text : `...${text.slice(3 - WIDEST.place)}`
}

function placeOf(location: SourceLocation | null): string {
  if (location === null) return ''
  const { script, line } = location.original ?? location
  const owner = location.package === null ? '' : ` (${location.package.name} ${location.package.version})`
  return `${script === '' ? '?' : script}:${String(line)}${owner}`
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
