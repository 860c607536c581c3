import t from 'tap'
import { madeHistory } from '../../../bench/history/made-history.js'
import { historyData } from '../../../lib/nightly/history/history-data.js'
import type { Night } from '../../../lib/nightly/history/night.js'
import {
  historyText,
  ASCII,
  scaleFor,
  strip,
  UNICODE,
  sinceLastNight,
} from '../../../lib/nightly/history/text/history-text.js'

const quiet = { seed: 4, deviation: 1, odd: 0, inconclusive: 0 }
const regressed = madeHistory({ ...quiet, regression: 20 })
const calm = madeHistory({ ...quiet, failed: 0 })
const failed: Night = {
  ...{ schemaVersion: 1, startedAt: '2026-01-31T02:00:00.000Z', totalMs: null, outcome: 'failed', run: null },
  error: { code: 'ERR_KILLED', message: 'the process that ran it was killed' },
}

t.test('a history with a change', async t => {
  const text = historyText(historyData(regressed))
  t.match(
    text,
    /^CHANGE: apm grows more since 2026-01-20 02:00: 9\.\d B of heap per operation,\n1\.7 B before/,
  )
  t.match(text, /30 nights, 2026-01-01 02:00 to 2026-01-30 02:00 UTC: \d+ clean/)
  t.match(text, /apm: heap per operation, a leak from 16 B\n {2}2026-01-01 02:00 .*●.*┊ +[\d.]+ B {2}clean\n/)
  t.match(text, /2026-01-20 02:00 .* clean \*\n/, 'the night is marked')
  t.match(
    text,
    /Changes \(\* above\)\n {2}- apm grows more .*\n.*What else changed then: apm\n? +1\.0\.0 → 1\.1\.0\./,
  )
  for (const line of text.split('\n')) t.ok(line.length <= 80, line)
  const twin = historyText(historyData(calm))
  t.match(twin, /^CLEAN: no leak, and nothing grows more than it did\.\n30 nights/)
  t.notMatch(twin, /Changes|\*/)
})

t.test('plain ASCII, fewer nights, narrow', async t => {
  const text = historyText(historyData(regressed), { unicode: false, last: 3, width: 60 })
  t.match(text, /\|[-o]+\|/)
  t.equal(text.split('\n').filter(line => /^ {2}2026/.test(line)).length, 3)
  const [chart = ''] = text.split('Changes')
  t.notMatch(chart.replace(/^CHANGE[^]*?\n\n/, ''), /[^\n -~]/)
  for (const line of text.split('\n')) t.ok(line.length <= 62, line)
})

t.test('failed nights, too few nights, none', async t => {
  const text = historyText(historyData([...calm, failed]))
  t.match(text, /^OPEN: the last night has no verdict\./)
  t.match(text, /2026-01-31 02:00 {2}failed: ERR_KILLED\n/)
  t.match(
    text,
    /Nights without an answer\n {2}- 2026-01-31 02:00: the process that ran it was killed \(ERR_KILLED\)/,
  )
  t.match(historyText(historyData(calm.slice(0, 3))), /^OPEN: fewer than 5 nights/)
  t.equal(historyText(historyData([])), 'OPEN: there are no nights yet.\n')
})

t.test('what stands', async t => {
  t.equal(historyData(calm).standing, 'clean')
  t.equal(historyData(regressed).standing, 'change')
  t.equal(historyData([...regressed, failed]).standing, 'change', 'a failed night takes nothing back')
  const gone = madeHistory({ ...quiet, failed: 0, nights: 40 }).slice(30)
  t.equal(historyData([...regressed, ...gone]).standing, 'clean', 'growth that is gone')
  const leak = calm.map((night, index) =>
    index === 29 && night.outcome === 'finished'
      ? {
          ...night,
          verdict: 'leak' as const,
          components: night.components.map(one => ({
            ...one,
            metrics: one.metrics.map(metric => ({ ...metric, verdict: 'leak' as const })),
          })),
        }
      : night,
  )
  t.equal(historyData(leak).standing, 'leak')
  t.match(historyText(historyData(leak)), /^LEAK: the last answer is a leak\.[^]* LEAK\n/)
  t.equal(historyData([...leak, failed]).standing, 'leak')
  t.equal(historyData(leak, { component: 'apm' }).standing, 'leak')
  t.equal(historyData(leak, { component: 'other' }).standing, 'open')
  t.equal(historyData(leak, { metric: 'fds' }).changes.length, 0)
})

t.test('since last night', async t => {
  t.equal(sinceLastNight(calm.slice(0, 1)), 'The first night of this history.\n')
  t.equal(sinceLastNight(calm), 'Since last night: nothing that is more than noise.\n')
  t.match(
    sinceLastNight(regressed.slice(0, 20)),
    /^Since last night:\n {2}- Changed: apm 1\.0\.0 → 1\.1\.0\.\n$/,
    'one night alone is no change',
  )
  t.match(sinceLastNight(regressed.slice(0, 21)), /^Since last night:\n {2}- apm grows more since/)
  const other = calm.map((night, index) =>
    index < 29 || night.outcome === 'failed'
      ? night
      : {
          ...night,
          verdict: 'inconclusive' as const,
          configuration: { digest: '', values: { ...night.configuration.values, operations: 640 } },
        },
  )
  t.match(
    sinceLastNight(other),
    /The verdict was clean, now it is inconclusive\.\n {2}- Since .* not compared with earlier ones:\n +operations changed from 20,480 to 640\.\n {2}- Changed: operations 20480 → 640\./,
  )
  t.match(historyText(historyData(other)), /New baselines\n {2}- Since 2026-01-30 02:00 figures/)
})

t.test('strips', async t => {
  const scale = { least: 0, most: 10, width: 11 }
  t.equal(strip({ estimate: 4, low: 2, high: 6 }, 8, scale, UNICODE), '  ├─●─┤ ┊')
  t.equal(strip({ estimate: 4, low: 2, high: 6 }, 8, scale, ASCII), '  |-o-| :')
  t.equal(strip({ estimate: 4, low: -5, high: 60 }, 8, scale, ASCII), '<---o----->')
  t.equal(strip({ estimate: 4, low: null, high: null }, 8, scale, ASCII), '    o   :')
  t.match(scaleFor([{ estimate: 2, low: 1, high: 3 }], 16, 30), { least: 0, width: 30 })
  t.ok(scaleFor([{ estimate: 40, low: null, high: null }], 16, 30).most >= 40)
})
