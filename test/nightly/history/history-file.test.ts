import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { madeHistory } from '../../../bench/history/made-history.js'
import { appendNight, readHistory, parseHistory } from '../../../lib/nightly/history/history-file.js'
import type { Night } from '../../../lib/nightly/history/night.js'

const folder = await mkdtemp(join(tmpdir(), 'history-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
const nights = madeHistory({ seed: 1, deviation: 1, nights: 12 })
const at = (index: number): Night => nights[index] as Night

t.test('lines are added and read again', async t => {
  const dir = join(folder, 'deep', 'history')
  t.strictSame(await readHistory(dir), [], 'there is none yet')
  await appendNight(dir, at(1))
  await appendNight(dir, at(0))
  t.strictSame(await readHistory(dir), [at(0), at(1)], 'in the order in which they began')
})

t.test('a half last line is left out, and closed by the next', async t => {
  const dir = join(folder, 'half')
  const file = join(dir, 'history.jsonl')
  await appendNight(dir, at(0))
  await appendFile(file, JSON.stringify(at(1)).slice(0, 200))
  t.strictSame(await readHistory(dir), [at(0)])
  await appendNight(dir, at(2))
  t.strictSame(await readHistory(dir), [at(0), at(2)])
  await appendNight(dir, at(3))
  t.strictSame(await readHistory(dir), [at(0), at(2), at(3)])
  t.match(await readFile(file, 'utf8'), /\{[^\n]{199} # unfinished\n\{/)
})

t.test('jobs that run at the same time do not damage it', async t => {
  const dir = join(folder, 'busy')
  await Promise.all(nights.map(async night => appendNight(dir, night)))
  t.strictSame(await readHistory(dir), nights)
})

t.test('a damaged line is an error that names it', async t => {
  const dir = join(folder, 'damaged')
  for (const night of nights.slice(0, 3)) await appendNight(dir, night)
  const file = join(dir, 'history.jsonl')
  const lines = (await readFile(file, 'utf8')).split('\n')
  const whole = lines[1] as string
  const wrong = {
    'no JSON': whole.slice(0, -1),
    'no night': '[]',
    'another version': whole.replace('"schemaVersion":1', '"schemaVersion":2'),
    'no date': whole.replace(/"startedAt":"[^"]*"/, '"startedAt":"yesterday"'),
    'no outcome': whole.replace('"outcome":"finished"', '"outcome":"lost"'),
    'no verdict': whole.replace(/"verdict":"[a-z]+",/, ''),
    'no figures': whole.replace(/"estimate":/, '"guess":'),
    'no versions': whole.replace('"versions":', '"others":'),
    'no configuration': whole.replace('"values":', '"others":'),
  }
  for (const [name, line] of Object.entries(wrong)) {
    t.not(line, whole, name)
    await writeFile(file, [lines[0], line, ...lines.slice(2)].join('\n'))
    await t.rejects(
      readHistory(dir),
      { code: 'ERR_HISTORY', message: /line 2 of .*history\.jsonl, got: / },
      name,
    )
  }
  await writeFile(file, [lines[0], '', ...lines.slice(1)].join('\n'))
  t.equal((await readHistory(dir)).length, 3, 'an empty line is none')
})

t.test('a folder that cannot be used', async t => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await t.rejects(readHistory(file), { code: 'ERR_HISTORY', message: /expected to read the history in/ })
  await t.rejects(appendNight(file, at(0)), {
    code: 'ERR_HISTORY',
    message: /expected to write to the history/,
  })
  t.strictSame(parseHistory('', 'x'), [])
})
