import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fromAccessLog } from '../../../lib/trial/recorded/from-access-log.js'
import { Reservoir } from '../../../lib/trial/recorded/reservoir.js'

const draw = (of: number, most: number, seed: number, maxCharacters = Infinity): number[] => {
  const reservoir = new Reservoir(most, maxCharacters, seed)
  for (let index = 0; index < of; index++) reservoir.offer(() => String(index))
  return reservoir.texts().map(Number)
}

t.test('draws as many as it may, in their order, the same for a seed', async t => {
  t.strictSame(draw(5, 10, 1), [0, 1, 2, 3, 4], 'all, where there are no more')
  t.strictSame(draw(0, 10, 1), [])
  const drawn = draw(1000, 50, 7)
  t.equal(new Set(drawn).size, 50)
  t.strictSame(
    drawn,
    [...drawn].sort((a, b) => a - b),
  )
  t.strictSame(draw(1000, 50, 7), drawn)
  t.notSame(draw(1000, 50, 8), drawn)
})

t.test('each has the same chance', async t => {
  const [of, most, seeds] = [40, 10, 4000]
  const counts = Array<number>(of).fill(0)
  for (let seed = 1; seed <= seeds; seed++) for (const index of draw(of, most, seed)) counts[index]!++
  const expected = (seeds * most) / of
  // Drawn without putting back, the sum is this much smaller than that of independent draws.
  const shrunk = (of - most) / (of - 1)
  const sum = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0) / shrunk
  t.ok(sum < 72.05, `chi-square of 39 degrees of freedom, 0.999: 72.05, got ${sum.toFixed(1)}`)
})

t.test('what is not drawn is not made', async t => {
  let made = 0
  const reservoir = new Reservoir(10, Infinity, 1)
  for (let index = 0; index < 100_000; index++) {
    reservoir.offer(() => {
      made++
      return ''
    })
  }
  // 10 (1 + ln 10,000) on average
  t.ok(made > 50 && made < 200, String(made))
})

t.test('of long ones fewer are drawn', async t => {
  const reservoir = new Reservoir(100, 1000, 1)
  let most = 0
  const text = (index: number): string =>
    String(index)
      .padStart(4, '0')
      .padEnd(index % 7 === 0 ? 300 : 20)
  for (let index = 0; index < 1000; index++) {
    reservoir.offer(() => text(index))
    const characters = reservoir.texts().reduce((sum, one) => sum + one.length, 0)
    most = Math.max(most, characters)
  }
  t.ok(most <= 1000, String(most))
  const texts = reservoir.texts()
  t.ok(texts.length >= 3 && texts.length < 50, String(texts.length))
  t.strictSame(texts, [...texts].sort())
  t.ok(texts.every(one => one === text(Number(one.trim()))))
})

t.test('of a long log so many requests are kept, in its order', async t => {
  const file = join(t.testdir({}), 'access.log')
  const lines = Array.from(
    { length: 20_000 },
    (_, index) => `x - - [x] "GET /${String(index)} HTTP/1.1" 200 1`,
  )
  writeFileSync(file, lines.join('\n'))
  const numbers = async (options: object): Promise<number[]> =>
    (await fromAccessLog(file, options)).requests.map(({ path }) => Number(path?.slice(1)))
  const byDefault = await numbers({})
  t.equal(byDefault.length, 10_000)
  t.ok(byDefault.every((number, index) => number > (byDefault[index - 1] ?? -1)))
  t.equal(String(await numbers({ seed: 1 })), String(byDefault))
  t.not(String(await numbers({ seed: 2 })), String(byDefault))
  t.equal((await numbers({ most: 7 })).length, 7)
  t.match((await fromAccessLog(file, { most: 7 })).recording, {
    ...{ found: 20_000, kept: 7, byStatus: { 200: 20_000 } },
    dropped: { notDrawn: 19_993 },
  })
})
