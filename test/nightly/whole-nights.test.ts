import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readHistory } from '../../lib/nightly/history/history-file.js'
import type { Night } from '../../lib/nightly/history/night.js'
import { isolateLeak } from '../../lib/isolate-leak.js'
import { journalPath } from '../../lib/run/journal/journal.js'
import type { LeakNotification, NotificationKind } from '../../lib/types/notification.js'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { judgeJournal } from '../../lib/run/judge-journal.js'
import { grows, isOn, madeCall } from '../support/simulated-call.js'
import { simulatedHosts, type Behave } from '../support/simulated-host.js'

const { options, fresh } = madeCall(t, ['apm', 'logs'])

/** What a night does to the application: bytes an operation that apm adds, or an end that is no answer. */
type Kind = number | 'crash' | 'kill'

/** Runs one night, and gives what was told of it. */
const night = async (
  history: string,
  kind: Kind,
  seed: number,
  more: Partial<IsolateLeakOptions> = {},
): Promise<LeakNotification[]> => {
  const told: LeakNotification[] = []
  const behave: Behave = spec =>
    kind === 'crash' && isOn(spec, 'apm')
      ? { kind: 'crashed', message: 'made to crash' }
      : grows(isOn(spec, 'apm') ? Number(kind) : 1, spec, { seed, noise: 1 })
  const hosts = simulatedHosts(behave)
  const call = {
    ...options,
    ...hosts.option,
    seed,
    history,
    notify: (one: LeakNotification) => told.push(one),
    ...more,
  }
  const ended = isolateLeak(call)
  if (kind === 'crash') await t.rejects(ended, { code: 'ERR_AGENT_CRASHED' })
  else await ended
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  return told
}

t.test('who is told what, night by night', async t => {
  const history = fresh()
  const nights: readonly (readonly [Kind, NotificationKind | null])[] = [
    [1, null],
    [1, null],
    [400, 'leak'],
    [400, 'leak'],
    ['crash', 'failed'],
    [1, 'recovery'],
    [1, null],
    ['crash', 'failed'],
    [1, null],
  ]
  t.comment('seeds 1 to 9')
  for (const [index, [kind, event]] of nights.entries()) {
    const told = await night(history, kind, index + 1)
    t.strictSame(
      told.map(one => one.event),
      event === null ? [] : [event],
      `night ${String(index + 1)}`,
    )
    const [one] = told
    if (event === 'failed') t.match(one, { report: null, error: { code: 'ERR_AGENT_CRASHED' } })
    if (event === 'leak') t.match(one?.title, /^apm leaks memory$/)
    if (event === 'leak') t.match(one?.report, { verdict: 'leak', culprits: [{ agents: ['apm'] }] })
  }
  const lines = await readHistory(history)
  t.strictSame(
    lines.map(line => (line.outcome === 'failed' ? line.error.code : line.verdict)),
    nights.map(([kind]) => (kind === 'crash' ? 'ERR_AGENT_CRASHED' : kind === 400 ? 'leak' : 'clean')),
  )
  for (const line of lines) {
    if (line.outcome === 'failed') continue
    const { report } = await judgeJournal(journalPath(join(history, line.run ?? '')))
    t.equal(report.verdict, line.verdict, 'the run that the line names')
  }
  t.strictSame(await readdir(join(history, 'open')), [])
})

t.test('growth that becomes more, below the threshold, is told once; its harmless twin is not', async t => {
  const growth = async (bytes: (index: number) => number): Promise<(string | undefined)[]> => {
    const history = fresh()
    const events: (string | undefined)[] = []
    for (let index = 0; index < 14; index++)
      events.push((await night(history, bytes(index), index + 1))[0]?.event)
    return events
  }
  const risen = await growth(index => (index < 9 ? 2 : 40))
  t.strictSame(risen.slice(0, 9), Array(9).fill(undefined))
  t.strictSame(
    risen.slice(9).filter(event => event !== undefined),
    ['change'],
  )
  t.strictSame(await growth(() => 2), Array(14).fill(undefined))
  t.strictSame(await growth(() => 40), Array(14).fill(undefined), 'what always was is no change')
})

t.test('folders of old nights go, their lines stay', async t => {
  const history = fresh()
  for (let index = 0; index < 4; index++)
    await night(history, 1, index, { history: { dir: history, runs: 2 } })
  const lines: readonly Night[] = await readHistory(history)
  t.equal(lines.length, 4)
  t.equal((await readdir(join(history, 'runs'))).length, 2)
})

t.test('a night that was stopped goes on with resume, and is told of as one', async t => {
  const history = fresh()
  const controller = new AbortController()
  const hosts = simulatedHosts(spec => {
    if (spec.id === 5) controller.abort()
    return grows(1, spec)
  })
  const stopped = isolateLeak({ ...options, ...hosts.option, history, signal: controller.signal })
  await t.rejects(stopped, { code: 'ERR_ABORTED' })
  const [first] = await readHistory(history)
  t.match(first, { outcome: 'failed', error: { code: 'ERR_ABORTED' } })
  const again = simulatedHosts(spec => grows(1, spec))
  const report = await isolateLeak({ ...options, ...again.option, history, resume: true })
  t.equal(report.timings.resumedAt?.length, 1)
  const made = again.launched.map(({ id }) => id)
  t.ok(
    made.every(id => id > 4),
    'what was finished is not made again',
  )
  const lines = await readHistory(history)
  t.match(lines.at(-1), { outcome: 'finished', verdict: 'clean', run: first?.run })
})
