import type { EstimateSoFar, RunEvent } from '../../types/index.js'
import { listFew } from '../../report/format/clip.js'
import { eventLine, verdictWord, type EventLine } from './event-lines.js'
import { afterEvent, INITIAL_STATE, trialsInAll, type ProgressState } from './progress-state.js'
import { growthInShort, isKnown } from './sizes.js'
import { timeLeftText } from './time-left.js'

/** So many lines come as they are; after them, lines that only say that it goes on come at this distance. */
const FREE_LINES = 20
const DISTANCE_MS = 30_000
const MOST_NAMES = 4

/**
 * Turns events into lines of a log: what every trial found, what is known so far and how long it may take. However long the
 * run, they are a moderate number: some twenty, then two a minute, and whatever has to be told.
 */
export function plainLines(): (event: RunEvent, nowMs: number) => EventLine[] {
  let state = INITIAL_STATE
  let free = FREE_LINES
  let lastMs = -Infinity
  const warned = new Set<string>()

  const isDue = (nowMs: number): boolean => {
    if (free <= 0 && nowMs - lastMs < DISTANCE_MS) return false
    free -= 1
    lastMs = nowMs
    return true
  }
  return (event, nowMs) => {
    state = afterEvent(state, event, nowMs)
    const line = event.type === 'estimate' ? estimateLine(event.components, state, nowMs) : eventLine(event)
    if (line === null) return []
    if (event.type === 'warning') {
      const isNew = !warned.has(line.text)
      warned.add(line.text)
      return isNew ? [line] : []
    }
    const isRoutine =
      event.type === 'estimate' || (event.type === 'trial-end' && event.record.outcome.kind === 'completed')
    return isRoutine && !isDue(nowMs) ? [] : [line]
  }
}

/** `so far (5 of about 13 trials, about 40 s left): audit 971 B/op (959 to 984 B), cache ...` */
function estimateLine(
  components: readonly EstimateSoFar[],
  state: ProgressState,
  nowMs: number,
): EventLine | null {
  const known = components.filter(({ growth }) => isKnown(growth))
  if (known.length === 0) return null
  const open = known.filter(({ verdict }) => verdict === 'inconclusive')
  const named = (open.length > 0 ? open : known).map(
    ({ component, growth, verdict }) =>
      `${component} ${growthInShort(growth)}${verdict === 'inconclusive' ? '' : ` ${verdictWord(verdict)}`}`,
  )
  const count = `${String(state.done)} of about ${String(trialsInAll(state))} trials`
  const where = [count, timeLeftText(state, nowMs)].filter(Boolean).join(', ')
  return { text: `so far (${where}): ${listFew(named, MOST_NAMES)}`, tone: null }
}
