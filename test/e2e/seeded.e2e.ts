import { fileURLToPath } from 'node:url'
import { http, isolateLeak, type Culprit, type IsolationReport } from 'isolate-leak'
import t, { type Test } from 'tap'
import { scales, seededCases, type Scale, type SeededCase } from '../support/seeded-cases.js'

const app = (name: string): string => fileURLToPath(new URL(`../fixtures/apps/${name}`, import.meta.url))

// Each agent more makes the level at which one is accused stricter.
const agentsPerCall = 10

const run = (cases: readonly SeededCase[], scale: Scale): Promise<IsolationReport> =>
  isolateLeak({
    entry: app('plain-server.cjs'),
    agents: cases.map(({ name, file, env = {} }) => ({ name, require: file, env })),
    workload: http(),
    ...scale,
    // Most of a trial is waiting for the heap to come to rest.
    concurrency: 4,
    seed: 1,
  })

const growthOf = (culprit: Culprit, seeded: SeededCase): number | undefined =>
  [culprit, ...culprit.alsoGrows].find(({ metric }) => metric === seeded.metric)?.growth.estimate

const isNamed = (t: Test, seeded: SeededCase, report: IsolationReport): void => {
  const culprit = report.culprits.find(({ agents }) => agents.includes(seeded.name))
  if (!t.ok(culprit, `${seeded.name} is named`) || culprit === undefined) return
  const growth = growthOf(culprit, seeded)
  t.type(growth, 'number', `${seeded.name}: ${seeded.metric} is said to grow`)
  if (seeded.perOperation === undefined || growth === undefined) return
  t.ok(
    Math.abs(growth / seeded.perOperation - 1) < 0.3,
    `${seeded.name}: ${growth.toPrecision(4)} an operation is near ${seeded.perOperation.toPrecision(4)}`,
  )
}

/** Leaks and twins take turns, so that each call holds both. */
const inTurn = (cases: readonly SeededCase[]): readonly SeededCase[] => {
  const leaks = cases.filter(({ leaks }) => leaks)
  const twins = cases.filter(({ leaks }) => !leaks)
  return Array.from({ length: Math.max(leaks.length, twins.length) }).flatMap((_, index) => [
    ...leaks.slice(index, index + 1),
    ...twins.slice(index, index + 1),
  ])
}

for (const scale of scales) {
  const cases = inTurn(seededCases.filter(seeded => seeded.scale === scale))
  const calls = Math.ceil(cases.length / agentsPerCall)
  for (let call = 0; call < calls; call++) {
    const part = cases.filter((_, index) => index % calls === call)
    t.test(
      `${scale.operations.toString()} operations: ${part.map(({ name }) => name).join(', ')}`,
      async t => {
        const report = await run(part, scale)
        const verdicts = new Map(report.components.map(({ name, verdict }) => [name, verdict]))
        for (const seeded of part) {
          if (seeded.leaks) isNamed(t, seeded, report)
          else t.equal(verdicts.get(seeded.name), 'clean', `${seeded.name} is clean`)
        }
        t.equal(verdicts.get('application'), 'clean', 'the application is clean')
        if (!t.passing()) t.comment(String(report))
      },
    )
  }
}
