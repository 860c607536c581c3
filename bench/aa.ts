/**
 * A/A: how often a harmless agent is accused. `npx tsc -p bench && node .cache/bench/bench/aa.js [calls] [operations]`
 * Calls the built library again and again on a small server with one harmless agent that wraps every request, each
 * call with another seed and the default errorRate of 0.05, and prints what the verdicts were, beside what the usual rules say of
 * the same trials. Default: 40 calls at quick effort.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { usualRules } from './usual-rules.js'
import { http, isolateLeak, type TrialRecord, type Verdict } from 'isolate-leak'

const [calls = 40, operations] = process.argv.slice(2).map(Number)
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))

const tracer = fileURLToPath(new URL('../../../dist/demo/agents/tracer.cjs', import.meta.url))

const verdicts: Record<Verdict, number> = { clean: 0, inconclusive: 0, leak: 0 }
const usual = new Map(usualRules.map(({ name }) => [name, 0]))
const accused: string[] = []
const estimates: number[] = []
let trials = 0
const startedAtMs = performance.now()

for (let seed = 1; seed <= calls; seed++) {
  const report = await isolateLeak({
    entry: fixture('apps/express-server.cjs'),
    agents: [{ name: 'harmless', require: tracer }],
    workload: http({ path: '/orders/42' }),
    effort: 'quick',
    ...(operations === undefined ? {} : { operations }),
    concurrency: availableParallelism() > 1 ? 2 : 1,
    seed,
  })
  verdicts[report.verdict]++
  trials += report.trials.length
  const agent = report.components.find(({ name }) => name === 'harmless')
  if (agent) estimates.push(agent.growth.estimate)
  const first = (agents: number): TrialRecord | undefined =>
    report.trials.find(trial => trial.agents.length === agents && trial.purpose === 'measure')
  const [agentTrial, baselineTrial] = [first(1), first(0)]
  for (const { name, accuses } of usualRules) {
    if (!agentTrial || !baselineTrial) continue
    if (accuses(agentTrial, baselineTrial)) usual.set(name, (usual.get(name) ?? 0) + 1)
  }
  for (const { kind, agents, reason } of report.culprits)
    accused.push(`seed ${String(seed)}: ${agents.join() || kind}: ${reason}`)
  process.stderr.write(`\r${String(seed)} of ${String(calls)} calls, ${String(verdicts.leak)} accusations`)
}

estimates.sort((a, b) => a - b)
const at = (share: number): string =>
  (estimates[Math.floor(share * (estimates.length - 1))] ?? NaN).toFixed(1)
const minutes = (performance.now() - startedAtMs) / 60_000
console.log(`
calls          ${String(calls)} (${String(trials)} trials, ${minutes.toFixed(1)} min, Node ${process.versions.node})
clean          ${String(verdicts.clean)}
inconclusive   ${String(verdicts.inconclusive)}
accused        ${String(verdicts.leak)}${accused.map(line => `\n  ${line}`).join('')}
growth added   median ${at(0.5)} B/op, 5% to 95%: ${at(0.05)} to ${at(0.95)} B/op`)
console.log('accused by the usual rules, on the same trials')
for (const [name, count] of usual) console.log(`  ${String(count).padStart(3)} of ${String(calls)}  ${name}`)
