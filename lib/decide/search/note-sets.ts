import { subjectOf } from '../growth/arms.js'
import type { SetNotes } from '../types.js'
import type { Evidence } from './findings.js'
import type { Followed } from './follow.js'

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
