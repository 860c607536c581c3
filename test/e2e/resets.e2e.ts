import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const agent = (name: string, env: Readonly<Record<string, string>>) => ({
  name,
  require: projectPath('test', 'fixtures', 'agents', 'reconnects.cjs'),
  env: { LINES_URL: '{collector}', ...env },
})

leavesNothing(
  t,
  'what an agent keeps for each connection leaks while connections are cut, and only then; its twin lets it go',
  async t => {
    const report = await isolateLeak({
      entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
      agents: [agent('keeps', { RECONNECTS_KEEP: '1' }), agent('lets go', {})],
      workload: http(),
      backends: ['up', 'reset'],
      ...{ operations: 640, threshold: 1_024, retentionMs: 0, seed: 1, evidence: 'none' },
      ...quickTiming,
    })
    t.strictSame(
      report.components.map(({ name, verdict, backends }) => [
        name,
        verdict,
        backends?.map(one => `${one.backend} ${one.verdict}`),
      ]),
      [
        ['application', 'clean', undefined],
        ['keeps', 'leak', ['up clean', 'reset leak']],
        ['lets go', 'clean', ['up clean', 'reset clean']],
      ],
    )
    const words = String(report).replaceAll(/\s+/g, ' ')
    t.match(
      words,
      'Only while the collector answers and cuts connections (reset); clean while it answers (up).',
    )
    if (!t.passing()) t.comment(String(report))
  },
)
