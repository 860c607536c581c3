import t from 'tap'
import { formatBytes, formatNumber, formatDuration } from '../../lib/report/format/bytes.js'
import { amountText, growthPhrase, growthText } from '../../lib/report/format/growth.js'
import { hanging, list, shorten, table, wrap } from '../../lib/report/format/layout.js'
import type { Growth } from '../../lib/types/index.js'

t.test('sizes', t => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [-0.01, '0 B'],
    [1.25, '1.3 B'],
    [16, '16 B'],
    [-3.4, '-3.4 B'],
    [999, '999 B'],
    [999.7, '1 kB'],
    [8214, '8.2 kB'],
    [12_100_000, '12 MB'],
    [4_345_298_944, '4.3 GB'],
    [7.1e13, '71 TB'],
    [2.5e18, '2,500 PB'],
    [NaN, 'unknown'],
  ]
  for (const [amount, text] of cases) t.equal(formatBytes(amount), text)
  t.equal(formatNumber(20_480), '20,480')
  t.equal(formatNumber(-0), '0')
  t.end()
})

t.test('durations', t => {
  const cases: readonly (readonly [number, string])[] = [
    [420, '0.4 s'],
    [9949, '9.9 s'],
    [12_400, '12 s'],
    [59_600, '1 min'],
    [252_300, '4 min 12 s'],
    [3_599_900, '1 h'],
    [3_900_000, '1 h 5 min'],
    [259_200_000, '3 days'],
    [Infinity, 'unknown'],
  ]
  for (const [ms, text] of cases) t.equal(formatDuration(ms), text)
  t.end()
})

t.test('growth', t => {
  const bytes = (estimate: number, low: number | null, high: number | null): Growth => ({
    estimate,
    low,
    high,
    unit: 'bytes/operation',
  })
  const cases: readonly (readonly [Growth, string, string])[] = [
    [bytes(8214, 7902, 8526), '8.2 kB', '7.9 to 8.5 kB'],
    [bytes(8214, 8190, 8238), '8.21 kB', '8.19 to 8.24 kB'],
    [bytes(2.1, 0.6, 3.6), '2.1 B', '0.6 to 3.6 B'],
    [bytes(0, 0, 0), '0 B', '0 to 0 B'],
    [bytes(2, -8000, 8000), '2 B', '-8,000 to 8,000 B'],
    [bytes(20, -90_000, 90_000), '0 kB', '-90 to 90 kB'],
    [bytes(0.02, -0.01, 0.05), '0.02 B', '-0.01 to 0.05 B'],
    [bytes(0.3, -4, 5), '0.3 B', '-4.0 to 5.0 B'],
    [bytes(1024, 1024, 1024), '1 kB', '1 to 1 kB'],
    [bytes(7.1, -4, 18.2), '7 B', '-4 to 18 B'],
    [bytes(2, -0.5, 4.04), '2.0 B', '-0.5 to 4.0 B'],
    [bytes(2100, 2100, 4e9), 'at least 2.1 kB', ''],
    [bytes(50, NaN, NaN), '50 B', ''],
    [bytes(NaN, NaN, NaN), 'unknown', ''],
    [{ estimate: 0.004, low: 0.003, high: 0.005, unit: 'count/operation' }, '0.004', '0.003 to 0.005'],
    [{ estimate: 1, low: 1, high: 1, unit: 'count/second' }, '1', '1 to 1'],
  ]
  for (const [growth, amount, interval] of cases) t.strictSame(growthText(growth), { amount, interval })
  t.equal(growthPhrase('arrayBuffers', bytes(4096, 4000, 4200)), '4.1 kB of array buffers per operation')
  const count = { estimate: 1, low: 1, high: 1, unit: 'count/second' } as const
  t.equal(growthPhrase('listeners', count), '1 process listener per second')
  t.equal(amountText(0.01, count), '0.01')
  t.equal(amountText(2, count), '2')
  t.end()
})

t.test('layout', t => {
  t.strictSame(wrap('one two three', 7), ['one two', 'three'])
  t.strictSame(wrap('at most 9.8 MB now', 11), ['at most', '9.8 MB now'])
  t.strictSame(wrap('one\ntwo', 20), ['one', 'two'])
  t.strictSame(wrap(`a ${'b'.repeat(30)} c`, 10), ['a', 'b'.repeat(30), 'c'])
  t.strictSame(hanging('- ', 'some words that are long enough to wrap', 24), [
    '- some words that are',
    '  long enough to wrap',
  ])
  t.strictSame(
    table(
      ['a', 'b'],
      [
        ['1', ''],
        ['22', '3'],
      ],
    ),
    ['a   b', '1', '22  3'],
  )
  t.equal(shorten('abc', 3), 'abc')
  t.equal(shorten('abcdefghijklmnop', 9), 'abcd...op')
  t.equal(shorten('abcdef', 4), 'a...')
  t.equal(list(['a', 'b', 'c']), 'a, b and c')
  t.equal(list([]), '')
  t.end()
})
