import { http, idle, isolateLeak, type Culprit, type IsolationReport } from 'isolate-leak'
import t, { type Test } from 'tap'
import { projectPath } from '../support/project-path.js'
import { seededGroups, type SeededCase, type SeededGroup } from '../support/seeded-cases.js'

const app = (name: string): string => projectPath('test', 'fixtures', 'apps', name)

// Each agent more makes the level at which one is accused stricter.
const agentsPerCall = 10

const run = ({ setting, scale, cases }: SeededGroup): Promise<IsolationReport> =>
  isolateLeak({
    entry: app(setting.entry),
    agents: cases.map(({ name, file, env = {} }) => ({ name, require: file, env })),
    workload: setting.workload === 'idle' ? idle() : http(),
    ...scale,
    // Most of a trial is waiting for the heap to come to rest; an idle one is nothing but waiting.
    concurrency: setting.workload === 'idle' ? cases.length + 1 : 4,
    seed: 1,
    evidence: 'none',
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

const titleOf = ({ scale, setting }: SeededGroup, part: readonly SeededCase[]): string => {
  const unit = setting.workload === 'idle' ? 'seconds' : 'operations'
  const names = part.map(({ name }) => name).join(', ')
  return `${scale.operations.toString()} ${unit} of ${setting.entry}: ${names}`
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

for (const group of seededGroups) {
  const cases = inTurn(group.cases)
  const calls = Math.ceil(cases.length / agentsPerCall)
  for (let call = 0; call < calls; call++) {
    // Neighbours stay together: taking every second or fourth would part leaks from twins.
    const size = Math.ceil(cases.length / calls)
    const part = cases.slice(call * size, (call + 1) * size)
    t.test(titleOf(group, part), async t => {
      const report = await run({ ...group, cases: part })
      const verdicts = new Map(report.components.map(({ name, verdict }) => [name, verdict]))
      for (const seeded of part) {
        if (seeded.leaks) isNamed(t, seeded, report)
        else t.equal(verdicts.get(seeded.name), 'clean', `${seeded.name} is clean`)
      }
      const application = group.setting.applicationLeaks ? 'leak' : 'clean'
      t.equal(verdicts.get('application'), application, `the application: ${application}`)
      if (!t.passing()) t.comment(String(report))
    })
  }
}
