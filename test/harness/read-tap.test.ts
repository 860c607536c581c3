import t from 'tap'
import { countsOf, failuresOf } from './read-tap.js'

const output = `TAP version 14
# Subtest: one
    ok 1 - fine
    # Subtest: two
        not ok 1 - 3 is not 4
          ---
          at: x.ts:1
          ...
        ok 2 - also fine
        1..2
    not ok 2 - two # time=3ms
      ---
      at: x.ts:9
      ...
    1..2
not ok 1 - one # time=5ms
not ok 2 - later # TODO some day
1..2
# { total: 4, pass: 2, fail: 1, skip: 1 }
# time=5ms
`

t.test('what a file of tests said', async t => {
  t.strictSame(countsOf(output), { pass: 2, fail: 1, skip: 1 })
  t.equal(countsOf('ok 1 - fine\n'), null, 'it did not come to its end')
  t.strictSame(failuresOf(output), [
    'one > two',
    '        not ok 1 - 3 is not 4',
    '          ---',
    '          at: x.ts:1',
    '          ...',
  ])
  t.strictSame(failuresOf('ok 1 - fine\n1..1\n# { total: 1, pass: 1 }\n'), [])
})
