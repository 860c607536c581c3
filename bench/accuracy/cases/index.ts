import { aaCases } from './a-a.js'
import { agentCases } from './agents.js'
import { inApplicationCases } from './in-application.js'
import { lookAlikeCases } from './look-alikes.js'
import { madeUpCases } from './seeded.js'
import type { AccuracyCase } from './types.js'

const known: readonly AccuracyCase[] = [
  ...agentCases,
  ...inApplicationCases,
  ...lookAlikeCases,
  ...madeUpCases,
]

/**
 * The cases whose id matches one of the patterns, in which `*` stands for anything; without patterns every one. A/A
 * calls are those that give `aaVerdicts` verdicts.
 * @throws Error for a pattern that matches nothing
 */
export const selectCases = (patterns: readonly string[], aaVerdicts: number): readonly AccuracyCase[] => {
  const all = [...known, ...aaCases(aaVerdicts)]
  if (patterns.length === 0) return all
  const tests = patterns.map(pattern => {
    const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    const test = new RegExp(`^${parts.join('.*')}$`)
    if (!all.some(({ id }) => test.test(id)))
      throw new Error(`no case matches ${pattern}; there are: ${all.map(({ id }) => id).join(', ')}`)
    return test
  })
  return all.filter(({ id }) => tests.some(test => test.test(id)))
}
