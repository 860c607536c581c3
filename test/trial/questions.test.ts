import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { jsonLines } from '../../lib/system/json-lines.js'
import { answer, type FromHost, type ToHost } from '../../lib/trial/messages.js'
import { openQuestions, type Questions } from '../../lib/trial/questions.js'

const open = (
  everything = new AbortController(),
): { questions: Questions; input: PassThrough; sent: () => FromHost[] } => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const channel = jsonLines<ToHost, FromHost>(input, output)
  const questions = openQuestions(channel, everything.signal)
  channel.onMessage(message => {
    if (message.type === 'answer') questions.answered(message)
  })
  const sent = (): FromHost[] =>
    String(output.read() ?? '')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as FromHost)
  return { questions, input, sent }
}
const round = { url: 'http://127.0.0.1:1', port: 1, operations: 64, round: 0, index: 0 }

t.test('questions are answered, each by its number', async t => {
  const everything = new AbortController()
  const { questions, input, sent } = open(everything)
  const [one, two] = [questions.callerOf(1), questions.callerOf(2)]
  const requests = one.requests(0, 1)
  const refused = two.workload(round, everything.signal)
  t.match(sent(), [
    { type: 'ask', trial: 1, id: 1, question: { kind: 'requests' } },
    { type: 'ask', trial: 2, id: 2, question: { kind: 'workload', operations: 64 } },
  ])
  everything.abort()
  t.match(sent(), [
    { type: 'cancel', trial: 1, id: 1 },
    { type: 'cancel', trial: 2, id: 2 },
  ])
  input.write('{"type":"answer","id":2,"error":{"name":"TypeError","message":"closed"}}\n')
  input.write('{"type":"answer","id":1,"value":[{"path":"/"}]}\n')
  t.strictSame(await requests, [{ path: '/' }])
  await t.rejects(refused, { name: 'TypeError', message: 'closed' })
})

t.test('a function of the caller counts what a load generator performed', async t => {
  const { signal } = new AbortController()
  const { questions, input, sent } = open()
  const counted = questions.callerOf(1).count('512 requests', signal)
  const [asked] = sent()
  t.match(asked, { type: 'ask', question: { kind: 'count', output: '512 requests' } })
  input.write('{"type":"answer","id":1,"value":512}\n')
  t.equal(await counted, 512)
  const functions = { workload: null, ready: null, requests: null }
  const count = (output: string): number => Number.parseInt(output)
  const question = { kind: 'count', output: '512 requests' } as const
  t.equal(await answer(question, { ...functions, count }, signal), 512)
})

t.test('when the caller is gone, what is asked rejects, and what will be', async t => {
  const everything = new AbortController()
  const { questions, input } = open(everything)
  const caller = questions.callerOf(1)
  const pending = [caller.turn(), caller.requests(0, 1), caller.workload(round, everything.signal)]
  input.end()
  for (const question of pending)
    await t.rejects(question as Promise<void>, { message: 'the caller is gone' })
  await t.rejects(caller.turn(), { message: 'the caller is gone' })
  t.equal(getEventListeners(everything.signal, 'abort').length, 0)

  const damaged = open()
  const turn = damaged.questions.callerOf(1).turn()
  damaged.input.write('oops\n')
  await t.rejects(turn, { message: 'the caller is gone', cause: { message: /oops/ } })
})
