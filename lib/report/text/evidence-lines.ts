import { placeText, sizeText } from '../format/place-text.js'
import type {
  Culprit,
  Evidence,
  EvidenceOfGrowth,
  EvidenceOfHolding,
  EvidenceOfResource,
  EvidencePlace,
  EvidenceStep,
  ReportData,
} from '../../types/index.js'
import { formatBytes, formatNumber } from '../format/bytes.js'
import { list } from '../format/layout.js'
import { perWhat } from '../format/growth.js'
import { alsoLine, culpritLine, culpritName, perDaySentence, underLine, whereLine } from './verdict-lines.js'

/** Classes and sites that are named. */
const NAMED = 2
/** Steps of the path: those around the holder tell. */
const MOST_STEPS = 7
const STEPS_BEFORE = 3

/** What holds the memory of a culprit, as pairs of a label and a text; nothing where nothing was found out. */
export function evidenceLines(culprit: Culprit): (readonly [string, string])[] {
  const { evidence } = culprit
  if (evidence === undefined) return []
  const per = perWhat(culprit.growth)
  return (
    [
      ['grows', grows(evidence.grows, per)],
      ['held by', heldBy(evidence)],
      ['and by', list(evidence.alsoHeld.map(alsoHeldBy))],
      ['code', evidence.place === null ? '' : placeText(evidence.place)],
      ['made at', madeAt(evidence, per)],
      ['piles up', pilesUp(evidence.resources, per)],
      ['but', elsewhere(culprit, evidence)],
      ['note', evidence.notes.join(' ')],
    ] as const
  ).filter(([, text]) => text !== '')
}

function grows(classes: readonly EvidenceOfGrowth[], per: string): string {
  return list(
    classes.slice(0, NAMED).map(grown => {
      const { name, place, perOperation } = grown
      const count = formatNumber(perOperation, perOperation < 0.1 ? 4 : 2)
      const where = whereMade(name, place)
      const bytes = sizeText(grown)
      // A table that grows is the same one.
      return Number(count) === 0
        ? `${name}${where}: ${bytes} more per ${per}`
        : `${name}${where}: ${count} more per ${per} (${bytes})`
    }),
  )
}

/** Of functions where they are, of timers where their callback is. */
function whereMade(name: string, place: EvidencePlace | null): string {
  const isTimer = name.startsWith('Timeout (')
  if (place === null || !(isTimer || name.endsWith('()'))) return ''
  return `${isTimer ? ' made' : ''} at ${placeText({ ...place, package: null })}`
}

/** The same in as few words as tell where to look. */
export function evidenceInBrief(culprit: Culprit): (readonly [string, string])[] {
  const { evidence } = culprit
  if (evidence === undefined) return []
  const wanted = ['grows', 'code', 'piles up', 'but']
  const lines = evidenceLines(culprit).filter(([label]) => wanted.includes(label))
  const holder = evidence.held === null ? '' : holderText(evidence.held, 1)
  return holder === '' ? lines : [...lines.slice(0, 1), ['held by', holder], ...lines.slice(1)]
}

/** `variable spans of record() → Map → entry → Span`. */
function heldBy({ held }: Evidence): string {
  if (held === null) return ''
  const { path, holder } = held
  const from = Math.max(0, holder - STEPS_BEFORE)
  const shown = path.slice(from, from + MOST_STEPS)
  const words = shown.map((step, index) => stepText(step, from + index === 0))
  const before = from > 0 ? ['...'] : []
  const after = from + MOST_STEPS < path.length ? ['...'] : []
  return [...before, ...words, ...after].join(' → ')
}

/** The holder, and what it belongs to. */
function alsoHeldBy(held: EvidenceOfHolding): string {
  return holderText(held, 2)
}

function holderText({ path, holder }: EvidenceOfHolding, before: number): string {
  return path
    .slice(Math.max(0, holder - before), holder + 1)
    .map((step, index) => stepText(step, index === 0))
    .join(' → ')
}

function stepText({ by, name, place }: EvidenceStep, isFirst: boolean): string {
  const where = place === null || !name.endsWith('()') ? '' : ` (${placeText({ ...place, package: null })})`
  return `${isFirst || by === '' ? '' : `${by}: `}${name}${where}`
}

function madeAt({ allocatedAt }: Evidence, per: string): string {
  const named = allocatedAt.slice(0, NAMED).map(site => {
    const who = site.function === '' ? '(anonymous)' : site.function
    return `${who} at ${placeText(site.place)} (${formatBytes(site.bytesPerOperation)} per ${per} still alive)`
  })
  return list(named)
}

function pilesUp(resources: readonly EvidenceOfResource[], per: string): string {
  return list(
    resources
      .slice(0, NAMED + 1)
      .map(
        ({ kind, what, perOperation }) =>
          `${kind} ${what} (${String(Number(perOperation.toPrecision(2)))} per ${per})`,
      ),
  )
}

/** The comparison names the culprit; a heap that points elsewhere only says through whom it holds on. */
function elsewhere(culprit: Culprit, { pointsAtCulprit, held, place }: Evidence): string {
  if (pointsAtCulprit !== false || place === null) return ''
  const holder = held?.path[held.holder]?.name ?? placeText(place)
  const who = culpritName(culprit)
  return `The heap itself does not name ${who}: it is held through ${holder}, but only with ${who} attached. The comparison decides.`
}

/** Who leaks, how much, where, what that is a day, and what else: sentences, the verdict first. */
export function culpritLines(culprit: Culprit, data: ReportData, operationsPerSecond: number): string[] {
  return [
    culpritLine(culprit, data),
    underLine(culprit, data),
    whereLine(culprit),
    perDaySentence(culprit, data, operationsPerSecond),
    alsoLine(culprit),
  ].filter(line => line !== '')
}
