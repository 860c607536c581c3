import { subjectOf } from '../growth/arms.js'
import type { Decision } from '../types.js'
import type { Evidence } from './evidence.js'
import type { Followed } from './follow.js'

/** What was tried of agents alone and together, and what was not. */
export function describeSets({ findings }: Followed, { book, settings }: Evidence): Decision['sets'] {
  const names = settings.agents.map(({ name }) => name)
  if (names.length === 0) return { exercised: [], notExercised: [] }
  const alone = names.filter(name => findings.judgedBy.get(name)?.kind === 'agent')
  const together = settings.together === true && names.length > 1
  const all = subjectOf(names, settings)
  const ran = book.completed(all.arm, 'measure', settings.operations).length > 0
  return {
    exercised: [
      ...(alone.length === names.length ? ['each agent alone, against the application without agents'] : []),
      ...(together && ran ? ['all agents together'] : []),
    ],
    notExercised: [
      ...(together && !ran ? ['all agents together: no trial with all of them was completed'] : []),
      ...(alone.length < names.length
        ? [
            `${alone.length === 0 ? 'agents alone' : 'every agent alone'}: they were on together, where one could hold back what another leaks`,
          ]
        : []),
    ],
  }
}
