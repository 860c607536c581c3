import { http, isolateLeak, type IsolationReport } from 'isolate-leak'
import t, { type Test } from 'tap'
import { startBackend, type BackendKind } from '../support/loopback-backend.js'
import { projectPath } from '../support/project-path.js'
import { ddTrace, expressFolder, otelAuto, otelHttp, type RealAgent } from '../support/real-agents.js'

const app = (name: string): string => projectPath('test', 'fixtures', 'apps', name)

const backend = await startBackend()
t.teardown(() => backend.close())
const { url } = backend

interface Call {
  readonly file: string
  readonly agents: readonly RealAgent[]
  readonly operations: number
  readonly env?: Readonly<Record<string, string>>
  readonly evidence?: 'none' | 'summary'
}

const run = async ({
  file,
  agents,
  operations,
  env = {},
  evidence = 'summary',
}: Call): Promise<IsolationReport> =>
  isolateLeak({
    entry: { file: app(file), env: { EXPRESS_FOLDER: await expressFolder(), ...env } },
    agents,
    workload: http({ path: '/orders/42' }),
    ...{ operations, evidence },
    threshold: 64,
    retentionMs: 8_000,
    // Most of a trial is waiting for agents to flush.
    concurrency: 4,
    seed: 1,
  })

const named = (report: IsolationReport): string[] => report.culprits.flatMap(({ agents }) => agents).sort()

/** A verdict on an agent that reported nothing would be worth nothing. */
const exercised = async (
  t: Test,
  kinds: readonly BackendKind[],
  call: () => Promise<IsolationReport>,
): Promise<IsolationReport> => {
  const before = backend.received()
  const report = await call()
  const after = backend.received()
  for (const kind of kinds) t.ok(after[kind] > before[kind], `the backend received ${kind}`)
  return report
}

/** That what grows, or what holds it, is told by names of the agent's own, and its code by its package. */
const isExplained = (
  t: Test,
  report: IsolationReport,
  { name, names, packages }: { readonly name: string; readonly names: RegExp; readonly packages: RegExp },
): void => {
  const evidence = report.culprits.find(({ agents }) => agents.join() === name)?.evidence
  const told = [
    ...(evidence?.grows.map(one => one.name) ?? []),
    ...[evidence?.held ?? [], evidence?.alsoHeld ?? []]
      .flat()
      .flatMap(({ path }) => path.map(step => `${step.by} ${step.name}`)),
  ].join('\n')
  const places = [
    ...(evidence?.grows.map(({ place }) => place) ?? []),
    ...(evidence?.held?.path.map(({ place }) => place) ?? []),
    evidence?.place,
  ]
  t.match(told, names, `${name}: what grows and what holds it`)
  t.ok(
    places.some(place => packages.test(place?.package?.name ?? '')),
    `${name}: the code of its packages is on the way`,
  )
  t.equal(evidence?.pointsAtCulprit, true)
  t.match(String(report), /^What holds it/m)
  if (!t.passing()) t.comment(JSON.stringify(evidence, null, 1), String(report))
}

const ddTraceLeak = {
  name: 'dd-trace 3.9.3',
  names: /ddResourceStore|DatadogSpan|DatadogTracer|variable contexts/,
  packages: /^dd-trace$/,
}
const otelHttpLeak = {
  name: 'otel-http 0.45.1',
  names: /ClientRequest|\bSpan\b|property requests/,
  packages: /^@opentelemetry\//,
}

t.test('dd-trace 3.9.3 is named, 3.10.0 is not', async t => {
  const agents = [await ddTrace('3.9.3', url), await ddTrace('3.10.0', url)]
  const report = await exercised(t, ['datadog'], () =>
    run({ file: 'orders-express.cjs', agents, operations: 5_120 }),
  )
  t.strictSame(named(report), ['dd-trace 3.9.3'], String(report))
  isExplained(t, report, ddTraceLeak)
})

t.test('@opentelemetry/instrumentation-http 0.45.1 is named, 0.46.0 is not', async t => {
  const agents = [await otelHttp('0.45.1', url), await otelHttp('0.46.0', url)]
  const report = await exercised(t, ['otlp', 'audit'], () =>
    run({
      file: 'outbound-unresumed.cjs',
      agents,
      operations: 5_120,
      env: { AUDIT_URL: `${url}/audit` },
    }),
  )
  t.strictSame(named(report), ['otel-http 0.45.1'], String(report))
  isExplained(t, report, otelHttpLeak)
})

t.test("all of them in one call: the fixed versions and today's agents are not accused", async t => {
  const agents = [
    await ddTrace('3.9.3', url),
    await ddTrace('3.10.0', url),
    await otelHttp('0.45.1', url),
    await otelHttp('0.46.0', url),
    await ddTrace('5.132.0', url),
    await otelAuto(url),
  ]
  const report = await exercised(t, ['datadog', 'otlp', 'audit'], () =>
    run({
      file: 'orders-express.cjs',
      agents,
      operations: 10_240,
      evidence: 'none',
      env: { AUDIT_URL: `${url}/audit` },
    }),
  )
  t.strictSame(named(report), ['dd-trace 3.9.3', 'otel-http 0.45.1'], String(report))
})
