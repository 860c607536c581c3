import t from 'tap'
import type { Reading } from '../../lib/probe/protocol.cjs'
import type { Driver } from '../../lib/trial/drive.js'
import type { Caller } from '../../lib/trial/messages.js'
import type { ProbeClient } from '../../lib/trial/probe-client.js'
import { newProgress } from '../../lib/trial/progress.js'
import { openSeries } from '../../lib/trial/series.js'
import type { TrialSpec } from '../../lib/trial/types.js'
import type { AnswerTimes, Sample } from '../../lib/types/index.js'
import { recordAnswerTimes } from '../../lib/trial/workload/answer-times.js'

const READING = {
  ...{ heapUsed: 5e6, heapLimit: 2e9, compiledCode: 1e5, arrayBuffers: 0, external: 0, nativeContexts: 1 },
  ...{
    detachedContexts: 0,
    resources: {},
    listeners: 0,
    collectMs: 1,
    rss: 6e7,
    threads: 11,
    descriptors: 20,
  },
  ...{ children: 0, workers: 0 },
} satisfies Reading

const [OPERATION_MS, REPORT_MS, COLLECT_MS] = [2, 0.5, 1_000]

/** Series of an application whose CPU clock is told: what operations, reports and readings take. */
const samplesOf = async (cpu: (ms: number) => number | null, retained = 8): Promise<readonly Sample[]> => {
  let usedMs = 400
  let answers: AnswerTimes | null = null
  const settle = {
    ...{ intervalMs: 1, agree: 2, toleranceBytes: 4096, maxMs: 100, holdMs: 0, watchMs: 0 },
    receipts: true,
  }
  const progress = newProgress({ settle } as TrialSpec)
  const none = (): void => undefined
  const series = openSeries({
    progress,
    look: null,
    receipts: async operations => {
      usedMs += REPORT_MS * operations
    },
    caller: { turn: async () => undefined, idle: none, sample: none } as unknown as Caller,
    driver: {
      perform: async ({ operations }) => {
        usedMs += OPERATION_MS * operations
        answers = { count: operations, p50Ms: operations, p99Ms: operations }
      },
      answers: () => answers,
      counts: () => null,
    } as Driver,
    probe: {
      cpuMs: async () => cpu(usedMs),
      timers: async () => [],
      read: async () => {
        usedMs += COLLECT_MS
        return READING
      },
    } as unknown as ProbeClient,
  })
  const retention = { waitMs: 0, operations: retained }
  await series.take({ grid: [0, 16, 32, 64], settle, collectTimeoutMs: 1, retention }, AbortSignal.any([]))
  return progress.samples
}

t.test('the CPU of operations and of reporting them is counted, that of readings is not', async t => {
  const samples = await samplesOf(ms => ms)
  const reported = [0, 16, 16 + 32, 16 + 32 + 64, 16 + 32 + 64 + 72]
  t.strictSame(
    samples.map(({ cpuMs }) => cpuMs),
    [0, 16, 32, 64, 72].map((count, index) => OPERATION_MS * count + REPORT_MS * (reported[index] ?? 0)),
  )
  t.strictSame(
    samples.map(({ answers }) => answers?.count),
    [undefined, 16, 16, 32, 8],
    'answers are those since the reading before',
  )
  const idle = await samplesOf(ms => ms, 0)
  t.equal(idle.at(-1)?.cpuMs, idle.at(-2)?.cpuMs, 'idle time that nothing follows adds nothing')
})

t.test('what is not known once is not known from then on', async t => {
  let asked = 0
  const known = (samples: readonly Sample[]): boolean[] => samples.map(({ cpuMs }) => cpuMs !== undefined)
  t.strictSame(known(await samplesOf(ms => (++asked === 4 ? null : ms))), [true, true, false, false, false])
  asked = 0
  const less = await samplesOf(ms => (++asked === 4 ? 0 : ms))
  t.strictSame(known(less), [true, true, false, false, false], 'a process has ended unnoticed')
})

t.test('times of answers', t => {
  const times = recordAnswerTimes()
  t.equal(times.summary(), null)
  for (let ms = 1; ms <= 1000; ms++) times.record(ms)
  const told = times.summary()
  const near = (value = NaN, truth: number): boolean => Math.abs(value - truth) <= truth / 500
  t.equal(told?.count, 1000)
  t.ok(near(told?.p50Ms, 500) && near(told?.p99Ms, 990), 'to three digits')
  times.reset()
  t.equal(times.summary(), null)
  for (const ms of [0, 1e-9, 1e12]) times.record(ms)
  t.match(times.summary(), { count: 3 }, 'however short or long')
  t.end()
})
