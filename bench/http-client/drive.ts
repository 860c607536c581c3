/** Sends so many requests by one of two clients and prints what its process took: `drive.js ours|autocannon URL REQUESTS`. */
import autocannon from 'autocannon'
import { driveHttp, connectionPool } from '../../lib/trial/workload/drive-http.js'
import { http } from '../../lib/trial/workload/http.js'
import { httpPlan } from '../../lib/trial/workload/http-plan.js'

const [, , client, url = '', requests = '0'] = process.argv
const CONNECTIONS = 10

const ours = async (operations: number): Promise<number> => {
  const { plan } = httpPlan(http({ path: '/orders/42', connections: CONNECTIONS }))
  const pool = connectionPool()
  const signal = new AbortController().signal
  const { performed } = await driveHttp({ url, plan, requests: null, operations, index: 0, signal, pool })
  pool.close()
  return performed
}

/** With a request of its own for each operation, as ours has. */
const theirs = async (amount: number): Promise<number> => {
  const options = {
    ...{ url, amount, connections: CONNECTIONS, skipAggregateResult: true },
    requests: [{ setupRequest: (request: autocannon.Request) => ({ ...request, path: '/orders/42' }) }],
  }
  return new Promise((resolve, reject) => {
    let answered = 0
    const instance = autocannon(options, (error: Error | null) => {
      if (error === null) resolve(answered)
      else reject(error)
    })
    instance.on('response', () => answered++)
  })
}

const drive = client === 'ours' ? ours : theirs
// What is compiled on the way is not the client's.
await drive(Math.min(4_000, Number(requests)))
const before = process.cpuUsage()
const startedAtMs = performance.now()
const performed = await drive(Number(requests))
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ performed, cpuMs: (user + system) / 1000, ms: performance.now() - startedAtMs }))
