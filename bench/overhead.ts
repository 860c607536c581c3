/**
 * What the probe costs the application: `npm run build && npx tsc -p bench && node .cache/bench/bench/overhead.js`
 *
 * Bytes that a reading adds to the heap it reads, beside the usual way (`--expose-gc`, collect and report
 * `process.memoryUsage()` over the `ipc` channel) in the same run; and requests a second with and without the probe.
 * Arguments: readings (default 200), pairs of throughput runs (default 15).
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as LaunchModule from '../lib/trial/launch-with-probe.js'
import type * as ProbeModule from '../lib/trial/probe-client.js'
import type { LaunchSpec } from '../lib/trial/types.js'
import { http } from '../lib/trial/workload/http.js'
import { httpPlan } from '../lib/trial/workload/http-plan.js'
import { freePort } from '../test/support/free-port.js'
import type * as DriveModule from '../lib/trial/workload/drive-http.js'

const [readings = 200, pairs = 15] = process.argv.slice(2).map(Number)
const REQUESTS = 20_000
const { plan: PLAN } = httpPlan(http({ expectStatus: ['2xx'], maxFailureRate: 0 }))

// The built library: the probe is a file that another process loads.
const built = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../../../dist/${path}`, import.meta.url).href)) as T
const { launchApplication, launchWithProbe } = await built<typeof LaunchModule>('trial/launch-with-probe.js')
const { probeServer } = await built<typeof ProbeModule>('trial/probe-client.js')
const { connectionPool, driveHttp } = await built<typeof DriveModule>('trial/workload/drive-http.js')

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))
const env = { PATH: process.env['PATH'] ?? '', PORT: '0' }
const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-bench-'))
let launches = 0

/** The application with the probe, as in a trial. */
const probed = async (
  file: string,
): Promise<{ probe: ProbeModule.ProbeClient; end: () => Promise<void> }> => {
  const socket = join(folder, `${String(++launches)}.sock`)
  const server = await probeServer(socket, 'bench')
  const launch: LaunchSpec = {
    ...{ command: [], nodePath: process.execPath, nodeArgs: [], file, args: [], cwd: folder, env },
    ...{
      stdin: '',
      collectors: [],
      preloads: [],
      port: null,
      isCommand: false,
      agentPaths: [],
      agentLibraries: [],
      sidecars: [],
    },
  }
  const settings = { socket, token: 'bench', keepAlive: false, v8Flags: ['--no-flush-bytecode'] }
  const application = await launchWithProbe(launch, settings, `bench.${String(launches)}`)
  const probe = await server.connected
  return {
    probe,
    end: async () => {
      probe.dismiss()
      await application.end()
      server.close()
    },
  }
}

const portOf = async (probe: ProbeModule.ProbeClient): Promise<number> => {
  for (;;) {
    const [server] = await probe.servers()
    if (server) return server.port
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Least squares, as nothing but the readings themselves happens in between. */
const slope = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = (values.length - 1) / 2
  const products = values.map((value, index) => (index - middle) * (value - mean))
  const squares = values.map((_, index) => (index - middle) ** 2)
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0)
  return sum(products) / sum(squares)
}

const byProbe = async (name: string): Promise<number[]> => {
  const { probe, end } = await probed(fixture(name))
  await portOf(probe)
  const heap: number[] = []
  for (let index = 0; index < readings; index++) {
    const reading = await probe.read(10_000)
    heap.push(reading.heapUsed - reading.compiledCode)
  }
  await end()
  return heap
}

const byMessages = async (): Promise<number[]> => {
  const file = fileURLToPath(new URL('../../../bench/peers/report-memory.cjs', import.meta.url))
  const child: ChildProcess = fork(fixture('apps/plain-server.cjs'), [], {
    execArgv: ['--expose-gc', '--require', file],
    env,
  })
  const heap: number[] = []
  for (let index = 0; index < readings; index++) {
    child.send('read')
    const [used] = (await once(child, 'message')) as [number]
    heap.push(used)
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
  return heap
}

const throughput = async (url: string): Promise<number> => {
  const startedAtMs = performance.now()
  const signal = new AbortController().signal
  const pool = connectionPool()
  await driveHttp({ url, plan: PLAN, requests: null, operations: REQUESTS, index: 0, signal, pool })
  pool.close()
  return (REQUESTS * 1000) / (performance.now() - startedAtMs)
}

const bare = async (): Promise<{ url: string; end: () => Promise<void> }> => {
  const port = String(await freePort())
  const application = await launchApplication({
    ...{ file: process.execPath, args: [fixture('apps/plain-server.cjs')], cwd: folder, stdin: '' },
    ...{ env: { ...env, PORT: port }, marker: `bench.${String(++launches)}` },
  })
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    try {
      await fetch(url)
      return { url, end: async () => application.end() }
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? NaN

try {
  // The first fifth is the start of the process.
  const late = (values: number[]): number[] => values.slice(Math.floor(values.length / 5))
  const ours = late(await byProbe('apps/plain-server.cjs'))
  const withThread = late(await byProbe('broken/entry-worker.cjs'))
  const withProcess = late(await byProbe('broken/entry-cluster.cjs'))
  const theirs = late(await byMessages())
  console.log(`bytes added to the heap per reading (${String(readings)} readings of an idle server)`)
  console.log(`  probe                       ${slope(ours).toFixed(2)}`)
  console.log(`  probe, and a worker thread  ${slope(withThread).toFixed(2)}`)
  console.log(`  probe, and a child process  ${slope(withProcess).toFixed(2)}`)
  console.log(`  memoryUsage() over ipc      ${slope(theirs).toFixed(2)}`)

  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const without = await bare()
    const { probe, end } = await probed(fixture('apps/plain-server.cjs'))
    const url = `http://127.0.0.1:${String(await portOf(probe))}`
    await throughput(without.url)
    await throughput(url)
    const order = pair % 2 === 0 ? [url, without.url] : [without.url, url]
    const rates = new Map<string, number>()
    for (const target of order) rates.set(target, await throughput(target))
    ratios.push((rates.get(url) ?? NaN) / (rates.get(without.url) ?? NaN))
    await end()
    await without.end()
  }
  const at = (share: number): string => quantile(ratios, share).toFixed(3)
  console.log(`requests a second with the probe / without it (${String(pairs)} interleaved pairs)`)
  console.log(`  median ${at(0.5)}, quartiles ${at(0.25)} to ${at(0.75)}, Node ${process.versions.node}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
