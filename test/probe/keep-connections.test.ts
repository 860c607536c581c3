import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { ListeningServer } from '../../lib/probe/protocol.cjs'
import { launch } from './support/launch.js'

/** Closes what is idle for a second or two; stops for three when it is asked to, as a long collection would. */
const application = `
  const { stat } = require('node:fs')
  const server = require('node:http').createServer((request, response) => {
    response.end('ok')
    if (request.url !== '/stop') return
    setTimeout(() => stat('/', () => {
      const untilMs = Date.now() + 3500
      while (Date.now() < untilMs);
    }), 1200)
  })
  server.keepAliveTimeout = 1000
  if (process.env.LISTENS) server.on('timeout', () => {})
  server.listen(0, '127.0.0.1')
`
const TOUCH_MS = 400

interface Client {
  readonly socket: Socket
  readonly closed: Promise<unknown>
}

const clientOf = async (
  t: Test,
  env: Record<string, string> = {},
): Promise<(path: string) => Promise<Client>> => {
  const { ask, end } = await launch(application, { env })
  t.teardown(end)
  let port: number | undefined
  while (port === undefined) port = (await ask<ListeningServer[]>({ method: 'servers' }))[0]?.port
  return async path => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    t.teardown(() => socket.destroy())
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await once(socket, 'data')
    return { socket, closed: once(socket, 'close') }
  }
}
const after = async (ms: number): Promise<string> =>
  new Promise(resolve => setTimeout(() => resolve('open'), ms))

t.test(
  'a main thread that stops for a while closes no connection on which something has arrived',
  async t => {
    const request = await clientOf(t)
    const [{ socket, closed }, silent] = [await request('/stop'), await request('/')]
    const touching = setInterval(() => socket.write('\r\n'), TOUCH_MS)
    t.equal(await Promise.race([closed, after(6_000)]), 'open')
    await silent.closed
    t.pass('one that is idle is closed all the same')
    clearInterval(touching)
    await closed
    t.pass('and this one, once it is')
  },
)

t.test('where the application says what becomes of idle connections, that is left to it', async t => {
  const request = await clientOf(t, { LISTENS: '1' })
  t.equal(await Promise.race([(await request('/')).closed, after(3_000)]), 'open')
})
