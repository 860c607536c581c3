import t from 'tap'
import { main } from '../../lib/cli/main.js'
import { reportText } from '../../lib/report/text.js'
import type { ReportData } from '../../lib/types/index.js'
import { cleanReport, inconclusiveReport, leakReport } from '../report/support/sample-reports.js'
import { fakeContext } from './support/fake-context.js'

t.test('demo', async t => {
  const named = (...agents: string[]): ReportData => ({
    ...leakReport,
    culprits: agents.flatMap(name => leakReport.culprits.map(culprit => ({ ...culprit, agents: [name] }))),
  })
  const context = fakeContext(() => named('audit'))
  t.equal(await main(['demo', '--seed=3'], context), 0, 'names the agent that leaks')
  const [options] = context.calls
  t.match(options, {
    effort: 'quick',
    seed: 3,
    agents: [{ name: 'tracer' }, { name: 'cache' }, { name: 'audit' }],
  })
  t.match(context.stderr.writes[0], 'One of them leaks')
  t.match(context.stderr.writes.at(-1), 'npx isolate-leak run leak.config.mjs')
  t.equal(context.stdout.text, reportText(named('audit')))
  for (const wrong of [named('cache'), named('audit', 'cache'), cleanReport]) {
    t.equal(
      await main(
        ['demo'],
        fakeContext(() => wrong),
      ),
      3,
    )
  }
  t.equal(
    await main(
      ['demo'],
      fakeContext(() => inconclusiveReport),
    ),
    2,
  )
})
