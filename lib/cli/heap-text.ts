import { type PathStep, pathInWords } from '../heap/describe/path-in-words.js'
import type { HeapDiff } from '../heap/heap-diff.js'
import type { HeapClass, HeapSnapshot, SourceLocation } from '../heap/heap-snapshot.js'
import { formatBytes, formatNumber } from '../report/format/bytes.js'
import { fittingTable, shorten, wrap } from '../report/format/layout.js'
import { maskKey } from '../options/redact/mask-key.js'
import { className, masked } from '../heap/describe/class-name.js'

const WIDTH = 80
const WIDEST = { name: 32, place: 36, step: 56 }
const LEAST = { name: 16, place: 16 }

/** The largest classes, one line each. */
export function classesText(snapshot: HeapSnapshot, top: number): string {
  const classes = snapshot.classes().slice(0, top)
  const { nodeCount, edgeCount, totalSizeBytes } = snapshot
  const size = formatBytes(totalSizeBytes)
  return lines([
    `${formatNumber(nodeCount)} nodes, ${formatNumber(edgeCount)} edges, ${size}`,
    '',
    ...classTable(
      ['count', 'self size'],
      classes.map(one => ({
        figures: [formatNumber(one.count), formatBytes(one.selfSizeBytes)],
        class: one,
      })),
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
      : classTable(
          ['nodes', 'bytes', 'counts'],
          growing.map(one => ({
            figures: [
              rate(one.perOperation),
              formatBytes(one.bytesPerOperation),
              one.counts.map(count => formatNumber(count)).join(' > '),
            ],
            class: one.class,
          })),
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
        ...wrap(
          `${formatBytes(cluster.leakShareBytes)}, ${count}${cluster.location === null ? '' : `, ${placeOf(cluster.location)}`}`,
          WIDTH,
        ),
        ...stepLines(pathInWords(last, cluster.path, maskKey), old),
      ]
    }),
  ])
}

/** The shortest way that keeps an object alive, one line a step. */
export function pathText(snapshot: HeapSnapshot, node: number): string {
  const path = shownPath(snapshot, node)
  const { id, selfSizeBytes } = snapshot.node(node)
  const name = shorten(shownName(snapshot.classOf(node)), WIDEST.step)
  const retained = formatBytes(snapshot.retainedSizes()[node] ?? 0)
  return lines([
    `${name} @${String(id)}: ${formatBytes(selfSizeBytes)}, keeps ${retained} alive`,
    ...(path === null ? ['Nothing keeps it alive.'] : stepLines(path, new Set())),
  ])
}

function stepLines(steps: readonly PathStep[], old: ReadonlySet<number>): string[] {
  return steps.flatMap(({ by, name, node, location }) => {
    const mark = old.has(node) ? '*' : ' '
    const step = `  ${mark} ${shorten(by === '' ? name : `${by}: ${name}`, WIDEST.step)}`
    if (location === null) return [step]
    const line = `${step}  ${placeOf(location)}`
    return line.length <= WIDTH ? [line] : [step, `      ${placeOf(location)}`]
  })
}

interface ClassRow {
  readonly figures: readonly string[]
  readonly class: Parameters<typeof shownName>[0] & { readonly location: SourceLocation | null }
}

/** Figures, class and place; what is too wide for a terminal loses the beginning of the place, then the middle of the name. */
function classTable(titles: readonly string[], rows: readonly ClassRow[]): string[] {
  return fittingTable(
    [...titles, 'class', 'where'],
    rows.map(({ figures, class: one }) => [
      ...figures,
      shorten(shownName(one), WIDEST.name),
      shortPlace(one.location),
    ]),
    WIDTH,
    [
      { column: titles.length + 1, least: LEAST.place, cut: endOf },
      { column: titles.length, least: LEAST.name },
    ],
  )
}

function endOf(text: string, width: number): string {
  return text.length <= width ? text : `...${text.slice(3 - width)}`
}

/** The end of the path: with the package where it is in one. */
function shortPlace(location: SourceLocation | null): string {
  if (location === null) return ''
  const { script, line } = location.original ?? location
  const inPackage = script.split('/node_modules/').at(-1) ?? script
  const { name = '', version = '' } = location.package ?? {}
  const shown = inPackage.startsWith(`${name}/`) ? inPackage.replace(name, `${name}@${version}`) : inPackage
  const text = `${shown === '' ? '?' : shown}:${String(line)}`
  return endOf(text, WIDEST.place)
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

/** How a class is called where people see it: names that look like data give way to their length. */
export function shownName(one: Pick<HeapClass, 'name' | 'type' | 'properties'>): string {
  return className(masked(one, maskKey))
}

/** The way from a root in words, `null` for what nothing keeps alive. */
function shownPath(snapshot: HeapSnapshot, node: number): PathStep[] | null {
  const path = snapshot.pathTo(node)
  return path === null ? null : pathInWords(snapshot, path, maskKey)
}

/** What `heap classes --json` prints. */
export function classesData(snapshot: HeapSnapshot, top: number): unknown {
  return snapshot.classes().slice(0, top).map(classData)
}

/** What `heap diff --json` prints: the growth, with its paths in words. */
export function diffData({ added, classes, containers, clusters }: HeapDiff, last: HeapSnapshot): unknown {
  return {
    added,
    classes: classes.map(grown => ({ ...grown, class: classData(grown.class) })),
    containers: containers.map(grown => ({ ...grown, path: shownPath(last, grown.node) })),
    clusters: clusters.map(cluster => {
      const old = new Set(cluster.path.slice(0, cluster.oldSteps).map(({ to }) => to))
      const path = pathInWords(last, cluster.path, maskKey)
      return { ...cluster, path, oldSteps: path.filter(({ node }) => old.has(node)).length }
    }),
  }
}

/** What `heap path --json` prints. Of a string the name is what it contains: the class stands for it. */
export function pathData(snapshot: HeapSnapshot, node: number): unknown {
  return {
    ...snapshot.node(node),
    name: shownName(snapshot.classOf(node)),
    retainedSizeBytes: snapshot.retainedSizes()[node] ?? 0,
    path: shownPath(snapshot, node),
  }
}

function classData({ type, properties, location, count, selfSizeBytes, ...one }: HeapClass): unknown {
  const name = shownName({ ...one, type, properties })
  return { name, type, properties: properties.map(maskKey), location, count, selfSizeBytes }
}
