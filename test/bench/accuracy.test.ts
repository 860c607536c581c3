import t from 'tap'
import { selectCases } from '../../bench/accuracy/cases/index.js'
import type { AccuracyCase, Truth } from '../../bench/accuracy/cases/types.js'
import { failedCase, resultOf, type CaseResult } from '../../bench/accuracy/judge.js'
import { markdownText, terminalText, accuracyFile } from '../../bench/accuracy/output.js'
import { peers } from '../../bench/accuracy/peers.js'
import { caseRows } from '../../bench/accuracy/table.js'
import { median, totalsOf } from '../../bench/accuracy/totals.js'
import { grewEachTime, kendall, leastSquaresP, mannKendallP } from '../../bench/trend-tests.js'
import { cleanReport, inconclusiveReport, leakReport } from '../report/support/sample-reports.js'

const subject = () => ({ entry: { file: 'server.js' }, agents: [] })

const caseOf = (more: Partial<AccuracyCase> = {}): AccuracyCase => ({
  ...{ id: 'shop/one', group: 'leak', about: '', workload: { kind: 'idle' }, subject },
  expected: ['dd-trace'],
  ...more,
})

const rising = Array.from({ length: 11 }, (_, index) => 5_000_000 + index * 40_000)
const flat = Array.from({ length: 11 }, (_, index) => 5_000_000 + (index % 2) * 3_000)
const measured = { naive: { agent: rising, baseline: flat, operations: 5_000, wallMs: 20_000 }, received: {} }

const result = (...given: Parameters<typeof resultOf>): CaseResult => ({
  ...resultOf(...given),
  ...{ sameAsReported: true, decided: true },
})

t.test('trend tests against published values', t => {
  // Kendall's tables: S = 8 of 5 has a chance of 4.2%, S = 21 of 10 3.6%, S = 19 of 10 5.4%.
  const five = [1, 0, 2, 3, 4]
  t.equal(kendall(five), 8)
  t.equal(mannKendallP(five).toFixed(3), '0.042')
  t.equal(mannKendallP([1, 2, 3, 4, 5]).toFixed(4), '0.0083')
  t.equal(mannKendallP([5, 4, 3, 2, 1]), 1)
  const ten = [9, 3, 0, 1, 2, 4, 5, 6, 7, 8]
  t.equal(kendall(ten), 21)
  t.equal(mannKendallP(ten).toFixed(3), '0.036')
  const less = [9, 4, 0, 1, 2, 3, 5, 6, 7, 8]
  t.equal(kendall(less), 19)
  t.equal(mannKendallP(less).toFixed(3), '0.054')
  t.equal(mannKendallP([1, 1, 1, 1, 1]) > 0.5, true, 'ties are no trend')

  // Lane, Online Statistics Education: y over 1 to 5 has a slope of 0.425, standard error 0.305, t = 1.39.
  t.equal(leastSquaresP([1, 2, 1.3, 3.75, 2.25]).toFixed(2), '0.13')
  t.equal(leastSquaresP([1, 2, 3, 4]) < 1e-6, true)
  t.equal(leastSquaresP([4, 3, 2, 1]) > 0.999, true)
  t.equal(leastSquaresP([7, 7, 7, 7]) >= 0.5, true)

  t.equal(grewEachTime([1, 2, 3]), true)
  t.equal(grewEachTime([1, 2, 2]), false)
  t.end()
})

t.test('peers on known series', t => {
  const answers = (agent: readonly number[], baseline: readonly number[]): boolean[] =>
    peers.map(({ accuses }) => accuses({ agent, baseline, operations: 5_000, wallMs: 1 }))
  t.strictSame(answers(rising, flat), [true, true, true, true])
  t.strictSame(answers(flat, flat), [false, false, false, false])
  t.strictSame(answers(rising, rising), [false, true, true, true], 'the baseline grows as much')
  const offset = flat.map(value => value + 5_000_000)
  t.strictSame(answers(offset, flat), [false, false, false, false])
  t.end()
})

t.test('outcomes', t => {
  t.match(result(caseOf(), leakReport, measured), {
    outcome: 'right',
    named: ['dd-trace'],
    trials: 10,
    timeRatio: 252_300 / 20_000,
    peers: [{ name: 'naive script', accuses: true, right: true }, {}, {}, {}],
  })
  t.equal(result(caseOf({ expected: [] }), leakReport, measured).outcome, 'wrong accusation')
  t.match(
    result(
      caseOf({ expected: [], allowed: { accused: ['dd-trace'], because: 'it holds a little' } }),
      leakReport,
      measured,
    ),
    { outcome: 'right', allowedBecause: 'it holds a little' },
  )
  t.equal(result(caseOf({ expected: ['dd-trace', 'application'] }), leakReport, measured).outcome, 'missed')
  t.equal(result(caseOf(), cleanReport, measured).outcome, 'missed')
  t.match(result(caseOf({ expected: [] }), cleanReport, measured), {
    outcome: 'right',
    peers: [{ accuses: true, right: false }, {}, {}, {}],
  })
  t.equal(result(caseOf(), inconclusiveReport, measured).outcome, 'inconclusive')
  t.match(
    result(
      caseOf({ expected: [], allowed: { inconclusive: true, because: 'bounded' } }),
      inconclusiveReport,
      { ...measured, naive: null },
    ),
    { outcome: 'inconclusive', allowedBecause: 'bounded', peers: [], timeRatio: null },
  )
  const truth: Truth = {
    ...{ component: 'dd-trace', metric: 'heap', unit: 'bytes/operation', source: 'built in' },
    ...{ perOperation: 8_000, low: 7_000, high: 9_000 },
  }
  t.equal(result(caseOf({ truth }), leakReport, measured).agreesWithTruth, true)
  t.equal(
    result(caseOf({ truth: { ...truth, low: 1, high: 2 } }), leakReport, measured).agreesWithTruth,
    false,
  )
  t.end()
})

t.test('totals and tables', t => {
  const results = [
    result(caseOf(), leakReport, measured),
    result(caseOf({ id: 'shop/two', expected: [] }), leakReport, measured),
    result(caseOf({ id: 'made/one', group: 'made-up' }), cleanReport, measured),
    result(
      caseOf({
        ...{ id: 'made/two', group: 'twin', expected: [] },
        allowed: { inconclusive: true, because: 'bounded' },
        changed: { options: { effort: 'quick' }, because: 'of the limit' },
      }),
      inconclusiveReport,
      measured,
    ),
    failedCase(caseOf({ id: 'made/three', group: 'twin' }), Object.assign(new Error('gone'), { code: 'E' })),
    result(caseOf({ id: 'a-a/000', group: 'a-a', expected: [] }), leakReport, measured),
  ]
  const totals = totalsOf(results)
  t.strictSame(totals.all, {
    ...{ cases: 5, right: 1, wrongAccusations: 1, missed: 1, inconclusive: 1 },
    ...{ inconclusiveAllowed: 1, errors: 1 },
  })
  t.match(totals.real, { cases: 2, right: 1, wrongAccusations: 1 })
  t.match(totals.madeUp, { cases: 3, missed: 1, inconclusive: 1, errors: 1 })
  t.match(totals.peers[0], { name: 'naive script', cases: 4, right: 2, wrongAccusations: 2, missed: 0 })
  t.equal(totals.timeRatio.real, 252_300 / 20_000)
  t.strictSame(totals.aa, {
    calls: 1,
    agents: { verdicts: 2, accused: 1, inconclusive: 0 },
    applications: { verdicts: 1, accused: 0, inconclusive: 0 },
  })
  const rows = caseRows(results)
  t.equal(new Set(rows.map(({ length }) => length)).size, 1)
  const file = accuracyFile(results, '0.1.0')
  for (const text of [terminalText(file), markdownText(file)]) {
    t.match(text, 'wrong accusation (dd-trace)')
    t.match(text, 'missed (nothing)')
    t.match(text, 'E: gone')
    t.match(text, 'of the limit')
    t.match(text, 'A/A: 1 calls')
  }
  t.equal(totalsOf([]).medianMs, null)
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.end()
})

t.test('cases', t => {
  const all = selectCases([], 200)
  t.equal(new Set(all.map(({ id }) => id)).size, all.length, 'ids are unique')
  t.equal(all.filter(({ group }) => group === 'a-a').length, 40)
  t.strictSame(
    selectCases(['dd-http*', 'express-alone'], 0).map(({ id }) => id),
    ['dd-httpexit/3.9.3', 'dd-httpexit/3.10.0', 'express-alone'],
  )
  t.throws(() => selectCases(['no-such*'], 0), /no case matches no-such\*; there are: dd-httpexit/)
  t.end()
})
