import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { http, isolateLeak, type IsolateLeakOptions, type IsolationReport, type RunEvent } from 'isolate-leak'
import { readHeapSnapshot } from 'isolate-leak/heap'
import t, { type Test } from 'tap'
import type { TIMING } from '../../lib/options/timing.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'

const fixture = (...parts: readonly string[]): string => projectPath('test', 'fixtures', ...parts)
interface Run {
  readonly report: IsolationReport
  readonly text: string
  readonly events: readonly RunEvent[]
}

/**
 * What is told about what leaks.
 * @param timing the waits of the product, or shorter ones
 * @param scope `'main'`: what grows and what holds it; `'all'`: also that no secret is told, and what is told on request only
 */
export const testEvidence = async (
  timing: Pick<IsolateLeakOptions, typeof TIMING>,
  scope: 'main' | 'all',
): Promise<void> => {
  const watch = await watchLeftovers()
  t.teardown(() => watch.close())
  const leavesNothing = leavingNothing(watch)

  /** Planted wherever programs keep what nobody else should see. */
  const SECRET = 'zqSECRET'

  const run = async (options: Partial<IsolateLeakOptions>): Promise<Run> => {
    const events: RunEvent[] = []
    const report = await isolateLeak({
      entry: fixture('evidence', 'shop.cjs'),
      agents: [],
      workload: http(),
      ...{ operations: 512, threshold: 1024, retentionMs: 0, concurrency: 2, seed: 1 },
      onEvent: event => events.push(event),
      ...timing,
      ...options,
    })
    return { report, text: String(report), events }
  }

  /** Every file below a folder. */
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))

  const holdsSecret = (bytes: Buffer): boolean =>
    bytes.includes(SECRET) || bytes.includes(Buffer.from(SECRET, 'utf16le'))

  const evidenceTrials = (events: readonly RunEvent[]): (readonly string[])[] =>
    events.flatMap(event =>
      event.type === 'trial-end' && event.trial.purpose === 'evidence' ? [event.trial.agents] : [],
    )

  const isPrivate = (t: Test, outDir: string): void => {
    for (const folder of [
      join(outDir, 'evidence'),
      ...readdirSync(join(outDir, 'evidence')).map(name => join(outDir, 'evidence', name)),
    ]) {
      t.equal(statSync(folder).mode & 0o777, 0o700, folder)
    }
    for (const file of filesIn(join(outDir, 'evidence'))) t.equal(statSync(file).mode & 0o777, 0o600, file)
  }

  leavesNothing(t, 'a leak and its harmless twin: what grows, what holds it, and where', async t => {
    const outDir = t.testdir()
    const leaky = fixture('evidence', 'keeps-spans.cjs')
    const { report, text, events } = await run({
      entry: fixture('apps', 'plain-server.cjs'),
      agents: [
        { name: 'spans', require: leaky },
        { name: 'twin', require: fixture('evidence', 'drops-spans.cjs') },
      ],
      outDir,
    })
    t.strictSame(
      report.culprits.map(({ agents }) => agents),
      [['spans']],
      text,
    )
    const evidence = report.culprits[0]?.evidence
    t.match(evidence, {
      ...{ pointsAtCulprit: true, files: [], notes: [] },
      grows: [
        { name: 'Span', type: 'object', properties: ['id', 'samples'], place: { script: leaky, line: 4 } },
      ],
      place: { script: leaky },
      package: { name: 'isolate-leak' },
    })
    const [span] = evidence?.grows ?? []
    t.ok(Math.abs((span?.perOperation ?? 0) - 1) < 0.1, 'a Span per request')
    const { path = [], holder = -1, perOperation = 0 } = evidence?.held ?? {}
    t.match(path[holder], { by: 'variable finished', name: 'Map' })
    t.match(path[holder + 1], { by: 'entry', name: 'Span' })
    t.ok(Math.abs(perOperation - 1) < 0.1)
    t.match(evidence?.allocatedAt, [{ place: { script: leaky } }])
    t.notMatch(JSON.stringify(evidence), /Batch|drops-spans/, 'nothing of the twin')
    t.match(
      evidence?.sentence,
      /^spans keeps .* what grows is Span, 1 per operation, .* with all that only it holds; held by Map \(variable finished\)/,
    )

    const section = /\nWhat holds it\n([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
    t.match(section, /^ {2}grows +Span: 1 more per /m)
    t.match(section, /^ {2}held by /m)
    t.match(section.replaceAll(/\s+/g, ' '), 'variable finished: Map → entry: Span')
    t.match(section, /^ {2}code +\S*keeps-spans\.cjs:\d+/m)
    t.match(section, /^ {2}made at /m)

    const sets = evidenceTrials(events)
    t.equal(sets.length, 2)
    t.equal(sets.filter(names => names.includes('spans')).length, 1, 'one with it and one without')
    t.ok(
      report.trials.every(({ purpose }) => purpose !== 'evidence'),
      'they are not judged',
    )
    t.notOk(existsSync(join(outDir, 'evidence')), 'no snapshot is kept')
    t.strictSame(
      JSON.parse(readFileSync(join(outDir, 'report.json'), 'utf8')),
      JSON.parse(JSON.stringify(report)),
    )
  })

  if (scope === 'main') return

  leavesNothing(t, 'nothing that must stay secret is in anything that a run leaves', async t => {
    const outDir = t.testdir()
    const { report, text, events } = await run({
      entry: {
        file: fixture('evidence', 'shop.cjs'),
        env: { SHOP_TOKEN: `${SECRET}-of-the-shop`, SHOP_GREETING: `${SECRET} in a plain variable` },
      },
      agents: [
        {
          name: 'keeper',
          require: fixture('evidence', 'keeps-secrets.cjs'),
          env: { KEEPER_API_KEY: `${SECRET}-of-the-agent` },
        },
      ],
      workload: http({
        headers: { authorization: `Bearer ${SECRET}token`, 'x-customer': `${SECRET} customer` },
      }),
      evidence: 'snapshots',
      outDir,
    })
    t.strictSame(report.culprits.map(({ kind }) => kind).sort(), ['agent', 'application'], text)
    const files = filesIn(outDir)
    for (const culprit of report.culprits) {
      t.ok(culprit.evidence?.held, 'it is explained')
      for (const file of culprit.evidence?.files ?? []) t.ok(files.includes(file), file)
    }
    // Three snapshots of the application, which the agent is compared with as well, and of the agent.
    const snapshots = files.filter(file => file.endsWith('.heapsnapshot'))
    t.equal(snapshots.length, 6)
    isPrivate(t, outDir)
    for (const file of files) t.notOk(holdsSecret(readFileSync(file)), `no secret in ${file}`)
    for (const [name, value] of Object.entries({
      report: JSON.stringify(report),
      text,
      events: JSON.stringify(events),
    })) {
      const at = value.indexOf(SECRET)
      t.equal(at < 0 ? '' : value.slice(Math.max(0, at - 100), at + 60), '', `no secret in the ${name}`)
    }
    const snapshot = await readHeapSnapshot(snapshots[0] ?? '')
    t.ok(snapshot.nodeCount > 10_000, 'what is kept can be read')
  })

  leavesNothing(t, 'raw snapshots are kept as they are, for those who ask for them', async t => {
    const outDir = t.testdir()
    const { report, text } = await run({ evidence: 'raw-snapshots', outDir })
    t.match(report.culprits, [{ kind: 'application', evidence: { pointsAtCulprit: null } }], text)
    isPrivate(t, outDir)
    const files = filesIn(outDir)
    const snapshots = files.filter(file => file.endsWith('.heapsnapshot'))
    t.strictSame([...(report.culprits[0]?.evidence?.files ?? [])].sort(), [...snapshots].sort())
    t.equal(snapshots.length, 3)
    for (const file of files) t.equal(holdsSecret(readFileSync(file)), snapshots.includes(file), file)
  })

  leavesNothing(t, 'a heap above the limit is told without a path', async t => {
    const { report, text, events } = await run({ evidenceHeapLimitBytes: 1 })
    t.match(report.culprits, [{ kind: 'application', evidence: { held: null, grows: [], files: [] } }], text)
    t.match(report.culprits[0]?.evidence?.notes, [/above the limit of .* raise `evidenceHeapLimitBytes`/])
    t.match(text.replaceAll(/\s+/g, ' '), /What holds it .*note No heap snapshots: .*above the limit/)
    t.notMatch(text, 'held by')
    t.equal(evidenceTrials(events).length, 1)
  })

  leavesNothing(t, 'without evidence no further trial is made', async t => {
    const { report, text, events } = await run({ evidence: 'none' })
    t.match(report.culprits, [{ kind: 'application' }], text)
    t.notOk('evidence' in (report.culprits[0] ?? {}))
    t.strictSame(evidenceTrials(events), [])
    t.notMatch(text, 'What holds it')
  })
}
