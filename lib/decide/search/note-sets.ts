import { BASELINE, subjectOf, subjectsOf } from '../growth/arms.js'
import type { SetNotes } from '../types.js'
import type { Evidence } from './findings.js'
import type { Followed } from './follow.js'
import type { Forecast } from '../../types/index.js'
import { backendsOf } from '../growth/conditions.js'
import { LOOKS } from '../rule/looks.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** What was tried of agents alone and together, and what was not. */
export function noteSets({ findings }: Followed, { book, settings }: Evidence): SetNotes {
  const names = settings.agents.map(({ name }) => name)
  if (names.length === 0) return { exercised: [], notExercised: [] }
  const alone = names.filter(name => findings.judgedBy.get(name)?.kind === 'agent')
  const together = settings.together === true && names.length > 1
  const all = subjectOf(names, settings)
  const ran = book.completed(all.arm, 'measure', settings.operations).length > 0
  return {
    exercised: [
      ...(alone.length === names.length ? [{ code: 'each-alone' } as const] : []),
      ...(together && ran ? [{ code: 'all-together' } as const] : []),
    ],
    notExercised: [
      ...(together && !ran ? [{ code: 'never-together' } as const] : []),
      ...(alone.length < names.length ? [{ code: 'not-alone', some: alone.length > 0 } as const] : []),
    ],
  }
}

/** How many trials a run will take when its looks tell at once; an agent that leaks does so under every condition. */
export function forecast(settings: DecisionSettings): Forecast {
  const agents = settings.agents.length
  const conditions = backendsOf(settings).length
  const together = settings.together === true && agents > 1
  const [look = { trials: 1, reference: 1 }] = LOOKS
  const check = settings.retentionMs > 0 ? 1 : 0
  if (settings.strategy === 'halving' && together) {
    const halves = Math.ceil(Math.log2(agents))
    const clean = look.reference + conditions * look.trials
    return { clean, oneLeak: clean + conditions * (halves + 2 * look.trials + check) }
  }
  const subjects = subjectsOf(settings)
  const references = new Set([BASELINE, ...subjects.flatMap(({ reference }) => reference ?? [])])
  const arms = new Set(subjects.map(({ arm }) => arm).filter(arm => !references.has(arm)))
  if (together) arms.add('all')
  const others = (references.size - 1) * look.reference + arms.size * look.trials
  const clean = look.reference + conditions * others
  return { clean, oneLeak: agents === 0 ? null : clean + conditions * check }
}
