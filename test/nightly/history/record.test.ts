import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import {
  finishedNight,
  commitOf,
  codeOf,
  failedNight,
} from '../../../lib/nightly/history/record/finished-night.js'
import { IsolateLeakError } from '../../../lib/errors.js'
import type { ReportData } from '../../../lib/types/index.js'
import { leakReport } from '../../report/support/sample-reports.js'

const origin = { run: 'runs/2025-03-04T05-06-07Z', commit: 'abcdef1' }

t.test('the line of a run that came to an answer', async t => {
  const night = finishedNight(leakReport, origin)
  t.match(night, {
    schemaVersion: 1,
    startedAt: '2025-03-04T05:06:07.000Z',
    totalMs: 252_300,
    outcome: 'finished',
    verdict: 'leak',
    run: origin.run,
    culprits: [{ kind: 'agent', agents: ['dd-trace'], metric: 'heap', backend: 'up' }],
    versions: {
      ...{ isolateLeak: '0.1.0', node: '20.20.2', v8: '11.3.244.8-node.38', os: 'linux 6.1.0 x64' },
      application: { commit: 'abcdef1' },
    },
    configuration: { digest: /^[0-9a-f]{16}$/, values: { operations: 20_480, effort: 'standard' } },
  })
  const component = night.components.find(({ name }) => name === 'dd-trace')
  t.match(component, { kind: 'agent', verdict: 'leak', trials: 3, startBytes: 12_100_000 })
  t.strictSame(component?.metrics[0], {
    ...{ metric: 'heap', verdict: 'leak', estimate: 8214, low: 7902, high: 8526 },
    ...{ unit: 'bytes/operation', threshold: 16 },
  })
  t.ok(JSON.stringify(night).length < 10_000, 'short enough to keep for years')
})

t.test('bounds that are not known are null', async t => {
  const [component] = leakReport.components
  const growth = { ...component?.growth, estimate: 1 / 3, low: null, high: null }
  const report = {
    ...leakReport,
    components: [{ ...component, metrics: [{ ...component?.metrics[0], growth }] }],
  } as unknown as ReportData
  t.match(finishedNight(report, origin).components[0]?.metrics, [
    { estimate: 0.333333, low: null, high: null },
  ])
})

t.test('an agent under several conditions is followed under each', async t => {
  const component = leakReport.components[1]
  const condition = { ...component, backend: 'down', verdict: 'clean', startBytes: 10.4 }
  const report = {
    ...leakReport,
    components: [{ ...component, backends: [{ ...condition, backend: 'up' }, condition] }],
  } as unknown as ReportData
  t.match(finishedNight(report, origin).components, [
    { name: 'dd-trace', backend: 'up' },
    { name: 'dd-trace', backend: 'down', verdict: 'clean', startBytes: 10 },
  ])
})

t.test('the digest changes with what matters', async t => {
  const digest = (options: Partial<ReportData['options']>): string =>
    finishedNight({ ...leakReport, options: { ...leakReport.options, ...options } }, origin).configuration
      .digest
  t.equal(digest({}), digest({ seed: 5 }))
  t.not(digest({}), digest({ operations: 64 }))
  t.not(digest({}), digest({ threshold: 5 }))
  const [first, ...others] = leakReport.options.agents
  t.not(digest({}), digest({ agents: [{ ...first!, env: ['DD_NEW'] }, ...others] }))
})

t.test('the application is known by the nearest package.json that names one', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'app-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'package.json'), '{"name":"shop","version":"3.1.0"}')
  await writeFile(join(folder, 'dist', 'package.json'), '{"type":"commonjs"}')
  const entry = { ...leakReport.options.entry, file: join(folder, 'dist', 'server.js') }
  const night = finishedNight({ ...leakReport, options: { ...leakReport.options, entry } }, origin)
  t.strictSame(night.versions.application, { name: 'shop', version: '3.1.0', commit: 'abcdef1' })
})

t.test('the commit is that of the CI system', async t => {
  const sha = '0123456789ABCDEF0123456789abcdef01234567'
  for (const name of ['GITHUB_SHA', 'CI_COMMIT_SHA', 'GIT_COMMIT'])
    t.equal(commitOf({ [name]: sha }), sha.toLowerCase(), name)
  t.equal(commitOf({ GITHUB_SHA: 'main; rm -rf /', GIT_COMMIT: 'abcdef1' }), 'abcdef1')
  t.equal(commitOf({}), null)
})

t.test('the line of a run that failed has no secrets', async t => {
  const error = new IsolateLeakError('ERR_ENTRY_CRASHED', 'said: https://me:hunter2@host/ token=abcdef')
  const night = failedNight({
    ...{ startedAt: new Date(0), totalMs: 12.7, run: null },
    ...{ code: codeOf(error), message: error.message },
  })
  t.strictSame(night, {
    ...{ schemaVersion: 1, startedAt: '1970-01-01T00:00:00.000Z', totalMs: 13, outcome: 'failed', run: null },
    error: { code: 'ERR_ENTRY_CRASHED', message: 'said: https://***@host/ token=***' },
  })
  t.equal(codeOf(new Error('x')), 'ERR_UNKNOWN')
  t.equal(codeOf('x'), 'ERR_UNKNOWN')
})
