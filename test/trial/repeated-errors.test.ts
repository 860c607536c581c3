import t from 'tap'
import { outputTail } from '../../lib/system/output-tail.js'
import { repeatedErrors, type RepeatedError } from '../../lib/trial/progress.js'
import { failureOfExit } from '../../lib/trial/trial-stop.js'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

const mostOf = async (lines: readonly string[]): Promise<RepeatedError | null> => {
  const stream = new PassThrough()
  const most = repeatedErrors(outputTail([stream]))
  stream.write(lines.map(line => `${line}\n`).join(''))
  await turn()
  return most()
}
const times = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index))

t.test('an error that is printed again and again', async t => {
  const refused = times(
    412,
    index => `\u001B[31m${String(index)} Error: connect ECONNREFUSED 127.0.0.1:4318\u001B[39m`,
  )
  t.strictSame(await mostOf(refused), { line: '0 Error: connect ECONNREFUSED 127.0.0.1:4318', times: 412 })
  t.equal(await mostOf(refused.slice(0, 5)), null, 'a few at the start')
  t.equal(await mostOf(times(500, index => `GET /orders/${String(index)} 200`)), null, 'what tells of none')
  t.equal(await mostOf(times(2_000, index => `Error: ${'x'.repeat(index)}`)), null, 'each another')
})

t.test('messages have the colours of the application taken out', async t => {
  const coloured = '\u001B[1m\u001B[31mError\u001B[39m: boom\u001B[22m'
  t.equal(failureOfExit({ exitCode: 1, signal: null }, `${coloured}\n`).failure.output, 'Error: boom')
  const stream = new PassThrough()
  const output = outputTail([stream])
  stream.write(`${coloured}\n`)
  await turn()
  t.equal(output.lastLines(1), 'Error: boom')
  t.equal(output.text(), `${coloured}\n`, 'what is looked through stays as it is')
})
