import type { ReportData } from '../../types/index.js'
import { hangingClip, listFew } from '../format/clip.js'
import { evidenceInBrief } from './evidence-lines.js'
import { openSteps, SENTENCE_END, sharedSteps } from './next-steps.js'
import { componentName, culpritName } from './verdict-lines.js'

const MOST_LINES = 5
const MOST_NAMES = 3
const BULLET = '  - '

/**
 * What holds the memory of the culprits, or what would settle the verdict, under a title: at most six lines. Nothing where
 * nothing is known of it.
 */
export function briefReasons(data: ReportData, width: number): string[] {
  return data.verdict === 'leak' ? holding(data, width) : settling(data, width)
}

function holding({ culprits }: ReportData, width: number): string[] {
  const known = culprits.flatMap(culprit => {
    const lines = evidenceInBrief(culprit)
    return lines.length === 0 ? [] : [{ name: culpritName(culprit), lines }]
  })
  const [first] = known
  if (first === undefined) return []
  const lines =
    culprits.length === 1
      ? first.lines.flatMap(([label, text]) => hangingClip(`  ${label.padEnd(10)}`, text, width, 2))
      : known.flatMap(({ name, lines: own }) => {
          const [, text] = own.find(([label]) => label === 'held by') ?? own[0] ?? ['', '']
          return hangingClip('  ', `${name}: ${text}`, width, 1)
        })
  return ['What holds it', ...lines.slice(0, MOST_LINES)]
}

function settling(data: ReportData, width: number): string[] {
  const steps = stepsInBrief(data)
  if (data.verdict === 'clean' || steps.length === 0) return []
  // The last one is short, and helps with all of them.
  const [reasons, last] = steps.length === 1 ? [steps, []] : [steps.slice(0, -1), steps.slice(-1)]
  const shown = reasons.slice(0, MOST_LINES - last.length)
  const each = Math.floor((MOST_LINES - last.length) / shown.length)
  const room = (width - BULLET.length) * each
  return [
    'What would settle it',
    ...shown.flatMap(step => hangingClip(BULLET, lastSentences(step, room), width, each)),
    ...last.flatMap(step => hangingClip(BULLET, step, width, 1)),
  ]
}

/** Where several components are open, what their reasons end with, once for those that end alike. */
function stepsInBrief(data: ReportData): string[] {
  const open = data.components.filter(({ verdict }) => verdict === 'inconclusive')
  if (open.length < 2) return openSteps(data)
  const endings = new Map<string, string[]>()
  for (const component of open) {
    const ending = component.reason.split(SENTENCE_END).at(-1) ?? ''
    endings.set(ending, [...(endings.get(ending) ?? []), componentName(component)])
  }
  const told = [...endings].map(([ending, names]) =>
    endings.size === 1 ? ending : `${listFew(names, MOST_NAMES)}: ${ending}`,
  )
  return [...told, ...sharedSteps(data)]
}

/** The end of a reason says what would settle it: where all of it does not fit, its beginning goes. */
function lastSentences(reason: string, room: number): string {
  const sentences = reason.split(SENTENCE_END)
  let kept = reason
  while (kept.length > room * 0.9 && sentences.length > 1) {
    sentences.shift()
    kept = sentences.join(' ')
  }
  return kept
}
