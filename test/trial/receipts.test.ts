import t from 'tap'
import { hasReceipts, openReceipts } from '../../lib/trial/trial-collectors.js'
import type { CollectorSpec } from '../../lib/trial/types.js'
import type { CollectorRecord, Received } from '../../lib/types/index.js'

const spec = (proof: CollectorSpec['proof'], elsewhere = false): CollectorSpec => ({
  ...{ agent: 'apm', elsewhere, proof, env: {} },
})
const received = (entries: number, requests = entries): Received => ({
  ...{ requests, bytes: requests * 100, protocols: ['otlp'], unreadable: 0 },
  items: { entries, spans: entries, errors: 0, metrics: 0, logs: 0 },
})
const record = (entries: number, requests = entries): CollectorRecord => ({
  ...{ agent: 'apm', elsewhere: false, beforeLoad: received(2), atEnd: received(2 + entries, 2 + requests) },
})
const OPERATIONS = 8
const tells = { protocol: 'otlp', entries: true, withinMs: 300 }

/** Reports one operation each time that it is asked; returns how many had been reported when the wait was over. */
const waited = async (
  of: (asked: number) => CollectorRecord,
  specs: readonly CollectorSpec[] = [spec(tells)],
): Promise<number> => {
  let asked = 0
  await openReceipts(specs, () => [of(asked++)])(OPERATIONS)
  return asked
}

t.test('a reading begins when everything has been reported', async t => {
  t.equal(await waited(asked => record(asked)), OPERATIONS + 1, 'no sooner and no later')
  t.equal(await waited(() => record(OPERATIONS)), 1, 'at once where it has been')
})

t.test('and its twins, where that never comes', async t => {
  const some = await waited(asked => record(Math.min(asked, 3)))
  t.ok(some > 4, 'some are not reported: until nothing more has come for as long as they may be held')
  t.ok((await waited(() => record(0))) > 1, 'none is')
  t.ok(
    (await waited(asked => record(0, asked), [spec({ ...tells, entries: false })])) > 1,
    'nor does it ever end',
  )
  t.equal(await waited(() => record(0), [spec(null)]), 0, 'nothing is known of it')
  t.equal(await waited(() => record(0), [spec(tells, true)]), 0, 'it reports elsewhere')
  await openReceipts([spec(tells)], () => [])(OPERATIONS)

  let asked = 0
  const receipts = openReceipts([spec(tells)], () => [record(0 * asked++)])
  await receipts(OPERATIONS)
  const atFirst = asked
  await receipts(2 * OPERATIONS)
  t.equal(asked, atFirst, 'one that reports nothing at all is not waited for again')
})

t.test('who has receipts', async t => {
  const has = (
    backend: 'up' | 'slow' | 'down',
    agents: readonly string[],
    ...specs: CollectorSpec[]
  ): boolean =>
    hasReceipts(
      { launch: { collectors: specs } as unknown as Parameters<typeof hasReceipts>[0]['launch'], backend },
      agents,
    )
  t.equal(has('up', ['apm'], spec(tells)), true)
  t.equal(has('slow', ['apm'], spec(tells)), false, 'what is not answered may be held for longer')
  t.equal(has('down', ['apm'], spec(tells)), false)
  t.equal(has('up', ['apm', 'audit'], spec(tells)), false, 'one of them has no collector')
  t.equal(
    has('up', ['apm'], spec({ protocol: 'appsignal', entries: false })),
    false,
    'it is not known how long it holds them',
  )
  t.equal(has('up', ['apm'], spec(tells, true)), false)
  t.equal(has('up', []), false, 'the application alone')
})
