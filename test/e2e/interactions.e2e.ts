import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpScale } from '../support/made-up-apm.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const fixture = (path: string): string => projectPath('test', 'fixtures', path)

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

leavesNothing(
  t,
  'two agents that leak only together are one culprit, without the harmless twin of one',
  async t => {
    const report = await isolateLeak({
      // 2 kB of what the agents below keep of a request.
      entry: { file: fixture('apps/plain-server.cjs'), env: { SEEDED_VALUES: '256' } },
      agents: ['spans-own-key', 'spans-shared-key', 'response-ids'].map(name => ({
        name,
        require: fixture(`seeded-sets/${name}.cjs`),
      })),
      workload: http(),
      ...{ ...madeUpScale, seed: 1, evidence: 'none' },
      ...quickTiming,
    })
    t.strictSame(
      report.culprits.map(({ kind, agents }) => `${kind} ${agents.join('+')}`),
      ['interaction spans-shared-key+response-ids'],
      String(report),
    )
    t.equal(report.verdict, 'leak')
    t.equal(report.components.filter(({ verdict }) => verdict === 'clean').length, 4)
    const account = String(report).replaceAll(/\s+/g, ' ')
    t.match(account, /LEAK: spans-shared-key and response-ids together add/)
    t.match(account, /Clean when alone: /)
    t.ok(report.conditions.exercised.includes('all agents together'))
  },
)
