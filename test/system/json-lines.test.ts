import { PassThrough } from 'node:stream'
import t from 'tap'
import { jsonLines } from '../../lib/system/json-lines.js'

function channel(): { input: PassThrough; output: PassThrough; got: unknown[]; closed: (Error | null)[] } {
  const input = new PassThrough()
  const output = new PassThrough()
  const got: unknown[] = []
  const closed: (Error | null)[] = []
  const lines = jsonLines<unknown, unknown>(input, output)
  lines.onMessage(message => got.push(message))
  lines.onClose(error => closed.push(error))
  lines.send({ text: 'a\nb' })
  return { input, output, got, closed }
}
const turn = async (): Promise<void> => new Promise(resolve => setImmediate(resolve))

t.test('messages arrive whole, however they are cut', async t => {
  const { input, output, got, closed } = channel()
  const text = `{"a":1}\n{"b":"${'x'.repeat(100_000)}ü"}\n\n[3]\n`
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 7_001) input.write(bytes.subarray(at, at + 7_001))
  await turn()
  t.match(got, [{ a: 1 }, { b: /^x+ü$/ }, [3]])
  t.equal(String(output.read()), '{"text":"a\\nb"}\n')
  input.end()
  await turn()
  t.strictSame(closed, [null], 'closed once, in good order')
})

t.test('a line that is not JSON closes the channel and says what it was', async t => {
  const { input, got, closed } = channel()
  input.write('{"a":1}\noops\n{"b":2}\n')
  await turn()
  t.strictSame(got, [{ a: 1 }])
  t.match(closed, [{ message: /got: oops/ }])
})
