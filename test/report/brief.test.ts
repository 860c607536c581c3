import t from 'tap'
import { IsolateLeakError, LeakError } from '../../lib/errors.js'
import { briefText, type BriefOptions } from '../../lib/report/brief-text.js'
import { createReport } from '../../lib/report/create-report.js'
import type { ReportData } from '../../lib/types/index.js'
import { endless, oddReports } from './support/odd-reports.js'
import { cleanReport, flat, inconclusiveReport, leakReport } from './support/sample-reports.js'
import { checkScreen } from './support/check-screen.js'

t.test('one screen, whatever the report holds', t => {
  const files: readonly BriefOptions[] = [
    {},
    { file: '/srv/report.json' },
    { file: `/srv/${endless}/report.json` },
  ]
  for (const [name, data] of Object.entries(oddReports)) {
    for (const options of files) {
      const text = briefText(data, options)
      checkScreen(t, text, name)
      t.match(text, new RegExp(`^${data.verdict.toUpperCase()}:\\s`), name)
      const isOneCulprit = data.culprits.length === 1
      if (isOneCulprit) t.match(flat(text), /of heap per operation.* From 16 B on it counts as a leak/, name)
      t.match(text, 'String(error.report)')
      t.equal(text.includes('report.json'), options.file !== undefined)
    }
  }
  t.end()
})

t.test('what a leak says', t => {
  const text = flat(briefText(oddReports['with evidence'] as ReportData, { file: '/srv/out/report.json' }))
  t.match(text, /^LEAK: dd-trace adds 8\.2 kB of heap per operation \(7\.9 to 8\.5 kB, 95% interval\)\. /)
  t.match(text, 'From 16 B on it counts as a leak. At 100 operations a second that is 71 GB a day')
  t.match(text, 'It also adds 1 file descriptor per operation. Clean: the application and @opentelemetry')
  t.match(text, 'What holds it grows Span0: 1 more per operation (96 B) and Span1')
  t.match(text, 'held by HTTPParser → property spans: Map')
  t.match(text, 'code src/span.js:6 of dd-trace 3.9.3 piles up socket 127.0.0.1:8126 (1 per operation)')
  t.match(text, 'Compared 20,480 operations each: no agents (3 trials) against dd-trace (3)')
  t.match(text, 'Workload GET /orders/42 on 10 connections, Node 20.20.2, 4 min 12 s')
  t.match(text, /The whole account: String\(error\.report\), \/srv\/out\/report\.json$/)

  const nine = briefText(oddReports['nine culprits with long names'] as ReportData)
  t.match(nine, 'and 7 more that leak')
  t.match(nine, '! and 10 more warnings')
  t.match(
    flat(briefText(oddReports['three culprits'] as ReportData)),
    /LEAK: one .* LEAK: two .* LEAK: three/,
  )
  t.end()
})

t.test('what an open verdict says', t => {
  const text = flat(briefText(inconclusiveReport))
  t.match(text, 'it adds between 12 and 31 B of heap per operation (95% interval), and 16 B would be a leak.')
  t.match(text, 'A run with about 40,960 operations a trial would settle it.')
  t.match(text, "Run again with effort: 'thorough'")
  t.match(text, '(UNSETTLED), 2 times')
  t.match(
    flat(briefText(oddReports['thirty open'] as ReportData)),
    'Heap that grows by 16 B or more counts as a leak',
  )
  const endlessly = flat(briefText(oddReports['one open with an endless name'] as ReportData))
  t.match(endlessly, 'A run with about 40,960 operations a trial would settle it.', 'the end is what helps')
  t.end()
})

t.test('assertClean', t => {
  t.doesNotThrow(() => {
    createReport(cleanReport).assertClean()
  })
  for (const data of [leakReport, inconclusiveReport]) {
    const report = createReport(data, { file: '/srv/report.json' })
    const error = t.throws(() => {
      report.assertClean()
    }, LeakError)
    t.equal((error as LeakError).message, briefText(data, { file: '/srv/report.json' }))
    t.ok(error instanceof IsolateLeakError)
    t.equal((error as LeakError).code, 'ERR_LEAK')
    t.equal((error as LeakError).report, report)
  }
  t.end()
})
