import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { driveHttp, connectionPool } from '../../../lib/trial/workload/drive-http.js'
import { http } from '../../../lib/trial/workload/http.js'
import { httpPlan } from '../../../lib/trial/workload/http-plan.js'
import { refusedAnswers, type Refusal } from '../../../lib/trial/workload/refused-answers.js'

type Answer = (path: string, number: number, response: ServerResponse) => void

const OPERATIONS = 40

/** What is seen of a server that answers so, asked for a path of its own each time. */
async function seen(test: Pick<typeof t, 'teardown'>, answer: Answer): Promise<Refusal | null> {
  let number = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(String(request.url), number++, response)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => server.close())
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const path = Array.from({ length: OPERATIONS }, (_, index) => `/orders/${String(index)}?page=1`)
  const { plan } = httpPlan(http({ path }))
  const refused = refusedAnswers(url)
  const { signal } = new AbortController()
  const pool = connectionPool()
  const round = { url, plan, requests: null, operations: OPERATIONS, index: 0, signal, pool }
  await driveHttp({ ...round, onHead: refused.note })
  pool.close()
  return refused.refusal(OPERATIONS)
}

const redirect =
  (to: (path: string) => string, status = 302): Answer =>
  (path, _, response) => {
    response.writeHead(status, { Location: to(path) })
  }

t.test('answers that all redirect to one place', async t => {
  const login = { share: 1, statuses: [302], to: '/login' }
  t.strictSame(
    await seen(
      t,
      redirect(() => '/login'),
    ),
    login,
  )
  const withNext = redirect(path => `/login?next=${encodeURIComponent(path)}#x`)
  t.strictSame(await seen(t, withNext), login, 'whatever the query')
  const elsewhere = redirect(() => 'https://sso.example/authorize;session=4711?state=secret', 307)
  t.strictSame(await seen(t, elsewhere), { share: 1, statuses: [307], to: '/authorize' })
  t.strictSame(
    await seen(t, (path, number, response) => {
      if (number > 0) redirect(() => '/login', number % 4 === 1 ? 303 : 302)(path, number, response)
    }),
    { share: 39 / 40, statuses: [302, 303], to: '/login' },
  )
  t.match(
    await seen(
      t,
      redirect(path => `https://shop.example${path}`, 301),
    ),
    { to: 'the same path at https://shop.example' },
    'nor is anything done where each is sent to itself elsewhere',
  )
  t.match(
    await seen(
      t,
      redirect(path => path.replace('?', '/?'), 308),
    ),
    { share: 1, statuses: [308] },
  )
})

t.test('answers that all want a session', async t => {
  const refuse: Answer = (_, number, response) => {
    response.writeHead(number % 4 === 0 ? 403 : 401)
  }
  t.strictSame(await seen(t, refuse), { share: 1, statuses: [401, 403], to: null })
})

t.test('and their twins', async t => {
  t.equal(await seen(t, () => undefined), null, 'all answered')
  const mixed: Answer = (path, number, response) => {
    if (number % 10 > 0) redirect(() => '/login')(path, number, response)
  }
  t.equal(await seen(t, mixed), null, 'a tenth answered')
  t.equal(
    await seen(
      t,
      redirect(path => `${path.split('?')[0] ?? ''}/details`),
    ),
    null,
    'to a place each',
  )
  t.equal(await seen(t, (_, __, response) => response.writeHead(304)), null, 'nothing has changed')
  t.equal(await seen(t, (_, __, response) => response.writeHead(404)), null, 'another failure')
  t.equal(
    await seen(
      t,
      redirect(() => 'http://['),
    ),
    null,
    'to nowhere',
  )
  t.equal(refusedAnswers('http://127.0.0.1').refusal(0), null, 'nothing was asked')
})
