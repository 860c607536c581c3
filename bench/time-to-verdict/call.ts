/**
 * One call by one build, in a process of its own: `node call.js BUILD CASE EFFORT SEED`. Prints what it came to as a line of JSON.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import type * as IsolateLeak from 'isolate-leak'
import { CASES, entryOf } from './cases.js'

/** What one call came to. */
export interface Timed {
  readonly verdict: IsolateLeak.Verdict
  /** Names of those that are said to leak. */
  readonly named: readonly string[]
  readonly launches: number
  readonly totalMs: number
  /** From the start until the leak was said; `null`: none was. */
  readonly namedMs: number | null
}

const [build = '', name = '', effort = 'standard', seed = '1'] = process.argv.slice(2)
const { isolateLeak, http } = (await import(pathToFileURL(build).href)) as typeof IsolateLeak
const timed = CASES.find(one => one.name === name)
if (timed === undefined)
  throw new Error(`Expected one of ${CASES.map(one => one.name).join(', ')}, got ${name}`)

const audit = createServer((request, response) => {
  request.resume().on('end', () => response.end('noted'))
}).listen(0, '127.0.0.1')
await once(audit, 'listening')
const entry = await entryOf(timed, `http://127.0.0.1:${String((audit.address() as AddressInfo).port)}/audit`)

const startedAtMs = performance.now()
let namedMs: number | null = null
const report = await isolateLeak({
  ...{ entry, agents: timed.agents, workload: http({ path: '/orders/42' }) },
  ...{ effort: effort as 'standard', seed: Number(seed) },
  onEvent: event => {
    if (event.type === 'verdict' && event.verdict === 'leak') namedMs ??= performance.now() - startedAtMs
  },
})
const result: Timed = {
  verdict: report.verdict,
  named: report.culprits.flatMap(({ kind, agents }) => (kind === 'application' ? ['application'] : agents)),
  launches: report.trials.filter(trial => !('continues' in trial)).length,
  totalMs: performance.now() - startedAtMs,
  namedMs,
}
for (const { id, outcome } of report.trials) {
  if (outcome.kind !== 'completed') console.error(`trial ${String(id)}: ${outcome.kind}: ${outcome.message}`)
}
if (report.verdict === 'inconclusive') console.error(report.components.map(({ reason }) => reason).join('\n'))
console.log(JSON.stringify(result))
audit.close()
