import t from 'tap'
import { median } from '../../../lib/decide/stats/spread.js'
import { normalQuantile, cusumLimit } from '../../../lib/decide/stats/student-t.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'

t.test('quantiles of the normal distribution', async t => {
  const known = { 0.5: 0, 0.8: 0.8416212, 0.975: 1.959964, 0.999: 3.0902323, 0.9999999: 5.1993376 }
  for (const [p, value] of Object.entries(known)) {
    t.ok(Math.abs(normalQuantile(Number(p)) - value) < 1e-5, `p = ${p}`)
    t.ok(Math.abs(normalQuantile(1 - Number(p)) + value) < 1e-5, `p = 1 - ${p}`)
  }
  t.ok(Math.abs(normalQuantile(1e-12) + 7.0344838) < 1e-4)
  for (const p of [0, 1, NaN]) t.throws(() => normalQuantile(p), RangeError)
})

t.test('the limit of a CUSUM holds its run length', async t => {
  const random = mulberry32(1)
  const [allowance, runLength] = [1.25, 500]
  const limit = cusumLimit(runLength, allowance)
  let total = 0
  const runs = 400
  for (let run = 0; run < runs; run++) {
    for (let sum = 0; sum < limit; total++) sum = Math.max(0, sum + normalQuantile(random()) - allowance)
  }
  t.ok(Math.abs(total / runs / runLength - 1) < 0.2, `${String(total / runs)} on average`)
  t.ok(cusumLimit(5_000, allowance) > limit)
  t.throws(() => cusumLimit(1, allowance), RangeError)
})

t.test('median', async t => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.ok(Number.isNaN(median([])))
})
