import t, { type Test } from 'tap'
import type { IsolationReport } from 'isolate-leak'
import { callsInside, requestsAgainst } from './experiment.js'

const namesTheLeak = (t: Test, report: IsolationReport): void => {
  t.equal(report.environment.node.replace(/^v/, ''), process.versions.node)
  t.strictSame(
    report.culprits.map(culprit => culprit.agents),
    [['leaky']],
    'names the leaking agent',
    { report: String(report) },
  )
}

t.test('requests against a server', async t => {
  namesTheLeak(t, await requestsAgainst(process.execPath))
})

t.test('calls inside the application', async t => {
  namesTheLeak(t, await callsInside(process.execPath))
})
