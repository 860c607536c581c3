/**
 * CPU of the client that sends requests, a request, beside autocannon: `npm run build && npx tsc -p bench && node .cache/bench/bench/http-client.js`.
 *
 * Both drive the same server, each from a process of its own, one after the other in an order that is drawn. Prints the median of the
 * ratios with its quartiles, and whether the counts were exact.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs, promisify } from 'node:util'
import { mulberry32, shuffle } from '../lib/decide/stats/random.js'
import { projectPath } from '../test/support/project-path.js'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
})

interface Driven {
  readonly performed: number
  readonly cpuMs: number
  readonly ms: number
}

const SERVER = `require('node:http').createServer((request, response) => response.end('{"id":42}')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
const server = spawn(process.execPath, ['--eval', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
const [line] = (await once(server.stdout, 'data')) as [Buffer]
const url = `http://127.0.0.1:${line.toString().trim()}`

const drive = async (client: string): Promise<Driven> => {
  const script = projectPath('.cache', 'bench', 'bench', 'http-client', 'drive.js')
  const { stdout } = await promisify(execFile)(process.execPath, [script, client, url, values.requests])
  return JSON.parse(stdout) as Driven
}

const at = (list: readonly number[], share: number): string =>
  ([...list].sort((a, b) => a - b)[Math.round(share * (list.length - 1))] ?? NaN).toFixed(2)

try {
  const pairs: { readonly ours: Driven; readonly autocannon: Driven }[] = []
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const driven: Record<string, Driven> = {}
    for (const client of shuffle(['ours', 'autocannon'], mulberry32(Number(values.seed) * 31 + pair))) {
      driven[client] = await drive(client)
    }
    pairs.push(driven as { ours: Driven; autocannon: Driven })
  }
  const exact = (client: 'ours' | 'autocannon'): number =>
    pairs.filter(pair => pair[client].performed === Number(values.requests)).length
  const perRequest = (client: 'ours' | 'autocannon'): string =>
    at(
      pairs.map(pair => (1000 * pair[client].cpuMs) / Number(values.requests)),
      0.5,
    )
  const ratios = pairs.map(({ ours, autocannon }) => ours.cpuMs / autocannon.cpuMs)
  const rates = pairs.map(({ ours, autocannon }) => autocannon.ms / ours.ms)
  console.log(`${values.pairs} pairs of ${values.requests} requests, Node ${process.versions.node}`)
  console.log(
    `CPU a request: ours ${perRequest('ours')} us, autocannon ${perRequest('autocannon')} us (medians)`,
  )
  console.log(`ratio ${at(ratios, 0.5)}, quartiles ${at(ratios, 0.25)} to ${at(ratios, 0.75)}`)
  console.log(
    `requests a second, ratio ${at(rates, 0.5)}, quartiles ${at(rates, 0.25)} to ${at(rates, 0.75)}`,
  )
  console.log(
    `exact counts: ours ${String(exact('ours'))}, autocannon ${String(exact('autocannon'))} of ${values.pairs}`,
  )
} finally {
  server.kill()
}
