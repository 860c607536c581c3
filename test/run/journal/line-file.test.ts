import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openLineFile, replaceFile } from '../../../lib/run/journal/line-file.js'

t.test('a file that cannot be replaced leaves nothing else', async t => {
  const folder = t.testdir({ 'report.json': { inside: '' } })
  const path = join(folder, 'report.json')
  await t.rejects(replaceFile(path, 'text'), { code: 'ERR_OUTPUT', message: `expected to write ${path}` })
  t.strictSame(await readdir(folder), ['report.json'])
})

t.test('writers at the same time: each succeeds, and a reader sees one of them whole', async t => {
  const folder = t.testdir()
  const path = join(folder, 'new', 'report.json')
  const texts = Array.from({ length: 24 }, (_, index) => String.fromCharCode(97 + index).repeat(1 << 20))
  await mkdir(join(folder, 'new'))
  await replaceFile(path, texts[0] as string)
  const writing = Promise.all(texts.map(async text => replaceFile(path, text)))
  let seen = 0
  for (let reading = 0; reading < 24; reading++) {
    if (texts.includes(await readFile(path, 'utf8'))) seen++
  }
  await writing
  t.equal(seen, 24)
  t.ok(texts.includes(await readFile(path, 'utf8')))
  t.strictSame(await readdir(join(folder, 'new')), ['report.json'])
})

t.test(
  'lines that are written at the same time stand in the order in which they were given, whole',
  async t => {
    const path = join(t.testdir(), 'journal.jsonl')
    const file = await openLineFile<{ index: number; text: string }>(path, [])
    const lines = Array.from({ length: 60 }, (_, index) => ({
      index,
      text: 'x'.repeat(index % 3 === 0 ? 1 << 20 : 10),
    }))
    await Promise.all(lines.map(async line => file.write(line)))
    await file.close()
    const read = (await readFile(path, 'utf8')).trimEnd().split('\n')
    t.strictSame(
      read.map(line => (JSON.parse(line) as { index: number }).index),
      lines.map(({ index }) => index),
    )
  },
)
