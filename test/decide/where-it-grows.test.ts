import t from 'tap'
import { gridFor } from '../../lib/decide/growth/trial-growth.js'
import type { PartSample, TrialRecord } from '../../lib/types/index.js'
import type { Replay } from '../../lib/decide/rule/replay.js'
import { whereItGrows } from '../../lib/decide/components/metric-result.js'
import { placeName } from '../../lib/report/words/metric-sentences.js'
import { simulatedTrial } from '../support/simulated-trial.js'

const operations = 1024

/** Heap by label after so many operations; `null`: there is only the main thread. */
type Heaps = (after: number) => Readonly<Record<string, number>> | null

const trial = (heaps: Heaps): TrialRecord => {
  const record = simulatedTrial(
    { id: 1, agents: [], backend: 'up', purpose: 'measure', operations },
    { curves: {} },
  )
  t.same(
    record.samples.map(sample => sample.operations),
    gridFor(operations),
  )
  return {
    ...record,
    samples: record.samples.map(sample => {
      const parts = Object.entries(heaps(sample.operations) ?? {}).map(([label, heap]): PartSample => ({
        kind: label.startsWith('child') ? 'process' : label.startsWith('main') ? 'main' : 'thread',
        label,
        values: { heap },
        heapLimitBytes: 1e9,
      }))
      return parts.length === 0 ? sample : { ...sample, parts }
    }),
  }
}

const where = (arm: Heaps, reference: Heaps | null = null): string | null => {
  const taken = { arm: [trial(arm), trial(arm)], reference: reference === null ? null : [trial(reference)] }
  const place = whereItGrows('heap', taken as unknown as Replay)
  return place === null ? null : placeName(place)
}

t.test('the part that grows most is named', async t => {
  t.equal(
    where(() => null),
    null,
    'there is nothing to tell apart',
  )
  t.equal(
    where(k => ({ 'main thread': 100 + k, 'worker thread a.cjs #1': 50 + 9 * k })),
    'the worker thread a.cjs',
  )
  t.equal(
    where(k => ({ 'main thread': 100 + 9 * k, 'worker thread a.cjs #1': 50 + k })),
    'the main thread',
  )
  t.equal(
    where(k => ({ 'main thread': 100, 'child process a.cjs #1': 5, 'child process a.cjs #2': 5 + k })),
    'the child process a.cjs #2',
    'one of several',
  )
  t.equal(
    where(k => ({ 'main thread': 100, 'child process a.cjs #1': k, 'child process a.cjs #2': k })),
    'the 2 child processes a.cjs',
    'all alike',
  )
})

t.test('what grows with the reference as well explains nothing', async t => {
  t.equal(
    where(
      k => ({ 'main thread': 9 * k, 'worker thread agent.cjs #1': 5 * k }),
      k => ({ 'main thread': 9 * k }),
    ),
    'the worker thread agent.cjs',
  )
  t.equal(
    where(
      k => ({ 'main thread': 9 * k, 'worker thread agent.cjs #1': 5 }),
      () => null,
    ),
    'the main thread',
    'a reference without parts is its main thread',
  )
})

t.test('parts that pile up are named together, and those that come and go disturb nothing', async t => {
  const many = (count: number): Record<string, number> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`worker thread job.cjs #${String(index + 1)}`, 1000]),
    )
  t.equal(
    where(k => ({ 'main thread': 10 + k / 100, ...many(Math.round(k / 64)) })),
    'the worker threads job.cjs, of which there are more and more (8, then 16)',
  )
  t.equal(
    where(k => ({ 'main thread': 10 + 9 * k, ...many(k === operations ? 2 : 3) })),
    'the main thread',
  )
  t.equal(
    where(k => ({ 'main thread': 10 - k / 1024, ...many(k === operations ? 0 : 3) })),
    null,
    'nothing grows',
  )
})
