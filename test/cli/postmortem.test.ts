import { readFileSync } from 'node:fs'
import t from 'tap'
import { byteSize } from '../../lib/cli/commands/values.js'
import { main } from '../../lib/cli/main.js'
import { leakReport } from '../report/support/sample-reports.js'
import { fakeContext } from './support/fake-context.js'

const never = (): never => {
  throw new Error('nothing is to be run')
}
const report = JSON.stringify(leakReport)

t.test('writes a post-mortem to stdout or to a file', async t => {
  const dir = t.testdir({ 'report.json': report, 'journal.jsonl': 'x' })
  const context = fakeContext(never, dir)
  const args = ['postmortem', 'report.json', '--rate', '250', '--memory-limit', '512MB', '--config', 'my.mjs']
  t.equal(await main(args, context), 0)
  const text = context.stdout.text
  t.match(text, /^# Post-mortem: dd-trace 3\.9\.3 keeps/)
  t.match(text, 'until the memory limit of 512 MB is reached at 250 operations a second')
  t.match(text, '--config my.mjs')
  t.match(text, '| `journal.jsonl` | 1 |')
  t.equal(context.stderr.text, '')

  const toFile = fakeContext(never, dir)
  t.equal(await main([...args, '--out', 'report.md'], toFile), 0)
  t.equal(toFile.stdout.text, '')
  t.equal(readFileSync(`${dir}/report.md`, 'utf8'), text)
  t.equal(await main([...args, '--out', 'report.md'], fakeContext(never, dir)), 0)
  t.equal(readFileSync(`${dir}/report.md`, 'utf8'), text, 'the file itself is no evidence')
})

t.test('what is wrong is said', async t => {
  const dir = t.testdir({ 'report.json': report, 'other.json': '{}' })
  const run = async (...args: string[]): Promise<readonly [number, string]> => {
    const context = fakeContext(never, dir)
    return [await main(['postmortem', ...args], context), context.stderr.text]
  }
  t.match(await run('other.json'), [3, /got something else \(ERR_REPORT\)/])
  t.match(await run('none.json'), [3, /ENOENT/])
  t.match(await run('report.json', '--bisect', 'report.json'), [3, /expected verdict to be 'found'/])
  t.match(await run('report.json', '--out', 'no/such/folder.md'), [3, /ERR_OUTPUT/])
  t.match(await run('report.json', '--memory-limit', 'much'), [64, /a size with its unit/])
  t.match(await run(), [64, /report/])
})

t.test('sizes', async t => {
  t.equal(byteSize('512MB'), 512_000_000)
  t.equal(byteSize('512M'), 512_000_000)
  t.equal(byteSize('1.5 GB'), 1_500_000_000)
  t.equal(byteSize('768MiB'), 768 * 1024 * 1024)
  t.equal(byteSize('2Gi'), 2 * 1024 ** 3)
  t.equal(byteSize('100kB'), 100_000)
  t.equal(byteSize('100'), 100)
  for (const text of ['', 'MB', '-1MB', '0', '1XB', '1 0MB'])
    t.throws(() => byteSize(text), /a size with its unit/)
})
