import t from 'tap'
import { http, isolateLeak, type HttpOptions, type RunEvent, type TrialRecord } from 'isolate-leak'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runAlone } from '../support/run-trials.js'

const OPERATIONS = 256

const optionsOf = (how: string, workload: HttpOptions = {}) => ({
  entry: { file: projectPath('test', 'fixtures', 'apps', 'answers.cjs'), args: [how] },
  workload: http({ path: '/orders', ...workload }),
  operations: OPERATIONS,
  ...quickTiming,
})
const trialOf = async (how: string, workload?: HttpOptions): Promise<TrialRecord> =>
  runAlone(optionsOf(how, workload))

t.test('an application whose every answer is a redirect to the login is not clean', async t => {
  const report = await isolateLeak({
    ...optionsOf('login'),
    agents: [{ name: 'harmless', require: projectPath('test', 'fixtures', 'broken', 'agent-harmless.cjs') }],
    retentionMs: 0,
  })
  t.equal(report.verdict, 'inconclusive')
  t.same(new Set(report.components.map(({ verdict }) => verdict)), new Set(['inconclusive']))
  const text = String(report).replace(/\s+/g, ' ')
  t.match(text, /every answer was a redirect \(302\) to \/login, so that/)
  t.match(text, /Answers by status: 302: [\d,]+\./)
})

t.test('that is told with the first answers, before anything is measured', async t => {
  const firstOf = async (how: string): Promise<string | null> => {
    const events: RunEvent[] = []
    await isolateLeak({
      ...optionsOf(how),
      agents: [],
      retentionMs: 0,
      onEvent: event => void events.push(event),
    })
    const at = events.findIndex(({ type }) => type === 'first-answers')
    t.notOk(events.slice(0, at).some(({ type }) => type === 'trial-end'))
    const first = events[at]
    if (first?.type !== 'first-answers') throw new Error('expected first answers')
    return first.answers.refused
  }
  t.match(await firstOf('login'), /every answer was a redirect \(302\) to \/login/)
  await t.rejects(firstOf('unauthorized'), {
    code: 'ERR_WORKLOAD_FAILED',
    message: /answered with status 401/,
  })
  t.equal(await firstOf('well'), null, 'a twin')
})

t.test('and its twins', async t => {
  t.strictSame((await trialOf('login', { expectStatus: [302] })).warnings, [], 'a redirect that is meant')
  t.strictSame((await trialOf('well')).warnings, [], 'answers')
})

t.test('an application that never answers fails before anything is waited for', async t => {
  await t.rejects(trialOf('hang'), {
    code: 'ERR_WORKLOAD_FAILED',
    message: /none of the first 4 requests to http:\S+ \(GET \/orders\) was answered within 5 s/,
  })
  await t.rejects(trialOf('http2'), { code: 'ERR_WORKLOAD_FAILED', message: /SETTINGS frame of HTTP\/2/ })
})

t.test('and its twin, which is slow to start with', async t => {
  const { outcome, counts, warnings } = await trialOf('late')
  t.strictSame(outcome, { kind: 'completed' })
  t.strictSame(counts, { performed: OPERATIONS, failed: 0, byStatus: { 200: OPERATIONS } })
  t.strictSame(warnings, [])
})
