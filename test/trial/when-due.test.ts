import t from 'tap'
import { whenDue } from '../../lib/trial/settle.js'

const N = 20_480

t.test('idle time lasts until what the operations started is due, where that can be waited for', async t => {
  t.strictSame(whenDue([{ delayMs: 60_000, count: N }], N, 60_000), { waitMs: 62_000 })
  t.strictSame(whenDue([{ delayMs: 60_000, count: N }], N, 90_000), { waitMs: 90_000 }, 'due by then')
  t.strictSame(whenDue([{ delayMs: 5_000, count: N }], N, 20_000), { waitMs: 20_000 }, 'long over')
  t.strictSame(whenDue([{ delayMs: 60_000, count: 40 }], N, 20_000), { waitMs: 20_000 }, 'a few')
  t.strictSame(whenDue([], N, 20_000), { waitMs: 20_000 })
  t.strictSame(
    whenDue([{ delayMs: 600_000, count: N }], N, 20_000),
    { waitMs: 20_000, pending: { count: N, longestMs: 600_000 } },
    'for longer than anybody waits',
  )
  t.strictSame(
    whenDue([{ delayMs: 3_600_000, count: N }], N, 20_000),
    { waitMs: 20_000 },
    'put aside for good',
  )
  t.strictSame(
    whenDue(
      [
        { delayMs: 60_000, count: N },
        { delayMs: 600_000, count: 3 },
      ],
      N,
      20_000,
    ),
    { waitMs: 62_000 },
    'a few others',
  )
  t.strictSame(
    whenDue(
      [
        { delayMs: 60_000, count: N / 2 },
        { delayMs: 60_000, count: N / 2 },
      ],
      N,
      20_000,
    ),
    { waitMs: 62_000 },
    'of several processes',
  )
  t.strictSame(whenDue([{ delayMs: 60_000, count: 5 }], 0, 20_000), { waitMs: 20_000 }, 'no operations')
})
