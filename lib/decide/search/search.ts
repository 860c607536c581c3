import { APPLICATION } from '../growth/arms.js'
import { inCompany } from './company.js'
import { ask, judgeAlone } from './findings.js'
import type { Search } from './findings.js'
import { resolveSet } from './halving.js'
import type { Query, Steps } from './query.js'

/** Which sets are launched, from the first trial to the last. */
export function* searchSteps(search: Search): Steps {
  const { agents, strategy, together = false } = search.evidence.settings
  const names = agents.map(({ name }) => name)
  const application: Query = { kind: 'judge', subject: APPLICATION, until: 'verdict', why: 'baseline' }
  const company = together && names.length > 1 ? [ask(names, 'shown', 'together', search)] : []
  if (strategy === 'halving' && company.length > 0) {
    yield [application, ...company]
    yield* resolveSet(names, search)
    return
  }
  yield [application, ...names.map(name => ask([name], 'verdict', 'alone', search)), ...company]
  judgeAlone(names, search)
  if (company.length > 0) yield* inCompany(names, search)
}
