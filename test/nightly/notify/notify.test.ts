import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { madeHistory } from '../../../bench/history/made-history.js'
import { finishedNight, failedNight } from '../../../lib/nightly/history/record/finished-night.js'
import type { FinishedNight, Night } from '../../../lib/nightly/history/night.js'
import { failureNotification, notificationOf, jobLink } from '../../../lib/nightly/notify/notification-of.js'
import { teamsMessage, slackMessage } from '../../../lib/nightly/notify/messages.js'
import type { LeakNotification } from '../../../lib/types/notification.js'
import {
  resolveNotify,
  tell,
  sendWebhook,
  type Patience,
  type ResolvedWebhook,
} from '../../../lib/nightly/notify/notify-options.js'
import type { ReportData } from '../../../lib/types/index.js'
import { cleanReport, leakReport, inconclusiveReport } from '../../report/support/sample-reports.js'

const nowhere = { files: null, link: null }
const nightOf = (report: ReportData): Night => finishedNight(report, { run: null, commit: null })
const alone = (report: ReportData): LeakNotification | null =>
  notificationOf(report, [nightOf(report)], 0, nowhere)
const leak = alone(leakReport) as LeakNotification

t.test('a leak is told every night, and what else changed', async t => {
  t.match(leak, {
    ...{
      event: 'leak',
      title: 'dd-trace leaks memory',
      startedAt: leakReport.timings.startedAt,
      error: null,
    },
    sentence: /^LEAK: dd-trace adds 8\.2 kB of heap per operation .* Clean: /,
  })
  t.ok(
    leak.report?.trials.every(trial => !('samples' in trial)),
    'without samples',
  )
  t.ok(JSON.stringify(leak).length < 60_000)
  const before = nightOf(cleanReport) as FinishedNight
  const older = { ...before, versions: { ...before.versions, node: '18.0.0' } }
  const told = notificationOf(leakReport, [older, nightOf(leakReport)], 1, nowhere)
  t.match(told?.sentence, /What changed since the night before: .*Node 18\.0\.0 → 20\.20\.2/)
})

t.test('what is clean or open is not told', async t => {
  t.equal(alone(cleanReport), null)
  t.equal(alone(inconclusiveReport), null)
  t.equal(notificationOf(cleanReport, [nightOf(cleanReport), nightOf(cleanReport)], 1, nowhere), null)
})

t.test('a recovery is told once, past inconclusive nights', async t => {
  const nights = [leakReport, inconclusiveReport, cleanReport, cleanReport].map(nightOf)
  t.match(notificationOf(cleanReport, nights, 2, nowhere), {
    event: 'recovery',
    title: 'The leak is gone',
    sentence: /^CLEAN: /,
  })
  t.equal(notificationOf(cleanReport, nights, 3, nowhere), null)
  t.equal(notificationOf(inconclusiveReport, nights, 1, nowhere), null)
})

t.test('growth that is more than before is told the night it shows, and when it is gone', async t => {
  const up = madeHistory({ seed: 4, deviation: 1, odd: 0, failed: 0, inconclusive: 0, regression: 20 })
  const down = madeHistory({ seed: 4, deviation: 1, odd: 0, failed: 0, inconclusive: 0, nights: 40 })
  const nights = [...up, ...down.slice(30)]
  const told = nights.map((_, index) => notificationOf(cleanReport, nights, index, nowhere))
  const events = told.flatMap((one, index) => (one === null ? [] : [[index, one.event, one.title] as const]))
  t.equal(events.length, 2)
  t.match(events[0], [20, 'change', 'apm grows more than before'])
  t.match(events[1], [31, 'recovery', 'apm grows less again'])
  t.match(
    told[20]?.sentence,
    /since 2026-01-20 02:00: 9\.\d+ B of heap .*\(a leak from 16 B\)\. What else changed then: apm 1/,
  )
  const [change] = told[20]?.changes ?? []
  t.match(change, { component: 'apm', direction: 'up' })
})

t.test('a run that failed', async t => {
  const night = failedNight({
    ...{ startedAt: new Date(0), totalMs: 5, run: null },
    ...{ code: 'ERR_ENTRY_CRASHED', message: 'it crashed' },
  })
  t.match(failureNotification(night, nowhere), {
    event: 'failed',
    sentence: 'It ended without an answer: it crashed (ERR_ENTRY_CRASHED)',
    report: null,
  })
})

t.test('the page of the job', async t => {
  const github = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'a/b', GITHUB_RUN_ID: '7' }
  t.equal(jobLink(github), 'https://github.com/a/b/actions/runs/7')
  t.equal(jobLink({ CI_JOB_URL: 'https://gitlab/x/-/jobs/1' }), 'https://gitlab/x/-/jobs/1')
  t.equal(jobLink({ BUILD_URL: 'https://jenkins/job/1/' }), 'https://jenkins/job/1/')
  t.equal(jobLink({ BUILD_URL: 'javascript:alert(1)' }), null)
  t.equal(jobLink({}), null)
})

const nasty: LeakNotification = {
  ...leak,
  title: `<!channel> & <at>all</at> ${'x'.repeat(200)}`,
  sentence: `*bold* <https://evil|click> & [link](https://evil) <at>all</at> ${'&'.repeat(5_000)}`,
  changed: Array.from({ length: 30 }, (_, index) => ({
    ...{ what: `<@U${String(index)}>`, kind: 'agent' as const, from: null, to: 'y'.repeat(3_000) },
  })),
  files: { folder: '/srv/<b>', report: '', journal: '' },
  link: 'https://ci/job?a=1&b=2',
}

interface Block {
  readonly type: string
  readonly text?: { readonly type: string; readonly text: string }
  readonly fields?: readonly { readonly type: string; readonly text: string }[]
}

t.test('Slack: Block Kit within its limits, nobody is mentioned', async t => {
  for (const notification of [leak, nasty]) {
    const { text: plain, blocks } = slackMessage(notification) as { text: string; blocks: Block[] }
    t.ok(plain.length <= 4_000 && blocks.length <= 50)
    for (const { type, text: own, fields = [] } of blocks) {
      t.ok(['header', 'section'].includes(type))
      t.ok((own?.text.length ?? 0) <= (type === 'header' ? 150 : 3_000))
      t.ok(fields.length <= 10 && fields.every(field => field.text.length <= 2_000))
      if (type === 'header') t.equal(own?.type, 'plain_text')
      const texts = [plain, ...(own?.type === 'mrkdwn' ? [own.text] : []), ...fields.map(field => field.text)]
      for (const one of texts) {
        const link = '<https://ci/job?a=1&amp;b=2|Open the job>'
        t.notMatch(one.replace(link, ''), /[<>]|&(?!(amp|lt|gt);)/, 'escaped, no entity is cut')
      }
    }
  }
})

t.test('Teams: an Adaptive Card in its envelope, within its limit, nobody is mentioned', async t => {
  for (const notification of [leak, nasty]) {
    const message = teamsMessage(notification)
    t.match(message, {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'RichTextBlock' }] },
        },
      ],
    })
    const json = JSON.stringify(message)
    t.ok(json.length < 28_000, `${String(json.length)} characters`)
    t.notMatch(json, /<\/?at>/)
    t.notMatch(json, /"TextBlock"/, 'which would read Markdown')
  }
})

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A webhook that gives these answers in turn; without one it never answers. */
const webhook = async (
  t: Test,
  answers: readonly (Answer | null)[],
): Promise<{ url: string; bodies: string[]; requests: IncomingMessage[] }> => {
  const bodies: string[] = []
  const requests: IncomingMessage[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]
    requests.push(request)
    void text(request).then(body => {
      bodies.push(body)
      if (answer !== null && answer !== undefined) response.writeHead(answer.status, answer.headers).end('no')
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${String(port)}/s3cret`, bodies, requests }
}

const quick: Patience = { tries: 3, firstWaitMs: 1, longestWaitMs: 2_000 }
const to = (url: string, more: Partial<ResolvedWebhook> = {}): ResolvedWebhook => ({
  ...{ url, format: 'json', headers: { 'x-token': 'abc' }, timeoutMs: 5_000 },
  ...more,
})

t.test('a webhook gets the JSON', async t => {
  const { url, bodies, requests } = await webhook(t, [{ status: 204 }])
  t.equal(await sendWebhook(to(url), leak, quick), null)
  t.match(requests[0], { method: 'POST', headers: { 'content-type': 'application/json', 'x-token': 'abc' } })
  t.match(JSON.parse(bodies[0] as string), { schemaVersion: 1, event: 'leak', report: { verdict: 'leak' } })
})

t.test('it is tried again where that may help', async t => {
  const later = await webhook(t, [
    { status: 503 },
    { status: 429, headers: { 'retry-after': '0' } },
    { status: 200 },
  ])
  t.equal(await sendWebhook(to(later.url), leak, quick), null)
  t.equal(later.bodies.length, 3)
  t.equal(new Set(later.bodies).size, 1)

  const never = await webhook(t, [{ status: 500 }])
  t.equal(await sendWebhook(to(never.url), leak, quick), 'the webhook answered with status 500, 3 times')
  const refused = await webhook(t, [{ status: 404 }])
  t.equal(await sendWebhook(to(refused.url), leak, quick), 'the webhook answered with status 404')
  t.equal(refused.bodies.length, 1)
  const busy = await webhook(t, [{ status: 429, headers: { 'retry-after': '3600' } }])
  t.match(await sendWebhook(to(busy.url), leak, quick), /status 429, and to wait for 3600 s/)
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  const dated = await webhook(t, [{ status: 503, headers: { 'retry-after': date } }])
  t.match(await sendWebhook(to(dated.url), leak, quick), /and to wait for 3[56]\d\d s/)
})

t.test('no answer, no connection, a redirect', async t => {
  const silent = await webhook(t, [null])
  const reason = await sendWebhook(to(silent.url, { timeoutMs: 500 }), leak, { ...quick, tries: 2 })
  t.equal(reason, 'no answer within 500 ms, 2 times')
  t.equal(silent.requests.length, 2)

  const target = await webhook(t, [{ status: 200 }])
  const moved = await webhook(t, [{ status: 307, headers: { location: target.url } }])
  t.match(await sendWebhook(to(moved.url), leak, quick), /redirect \(307\), which is not followed/)
  t.strictSame([moved.bodies.length, target.bodies.length], [1, 0])

  const closed = await sendWebhook(to('http://127.0.0.1:1/s3cret'), leak, { ...quick, tries: 1 })
  t.match(closed, /^the webhook could not be reached( \(ECONNREFUSED\))?$/)
})

t.test('everybody is told; what fails is said in one sentence without addresses', async t => {
  const [good, bad] = [await webhook(t, [{ status: 200 }]), await webhook(t, [{ status: 400 }])]
  const called: unknown[] = []
  const targets = [
    (notification: unknown) => called.push(notification),
    to(good.url, { format: 'slack' }),
    async () => Promise.reject(new Error('no token=abcdef')),
    to(bad.url, { format: 'teams' }),
  ]
  const reason = await tell(targets, leak, false)
  t.equal(
    reason,
    'the notification (leak) was not sent: the notify function failed with no token=***; the webhook answered with status 400',
  )
  t.strictSame(called, [leak])
  t.match(JSON.parse(good.bodies[0] as string), { blocks: [{ type: 'header' }] })
  t.match(JSON.parse(bad.bodies[0] as string), { attachments: [{}] })
  t.equal(await tell([], leak, false), null)
  const hurried = await webhook(t, [{ status: 500 }])
  t.match(await tell([to(hurried.url)], leak, true), /status 500$/)
  t.equal(hurried.bodies.length, 1, 'once where the process was asked to end')
})

t.test('the option', async t => {
  t.strictSame(resolveNotify(undefined), [])
  const notify = (): void => undefined
  const hosts = {
    'https://hooks.slack.com/services/T/B/X': 'slack',
    'https://prod-1.westeurope.logic.azure.com/workflows/x': 'teams',
    'https://default1.environment.api.powerplatform.com/powerautomate/x': 'teams',
    'https://hooks.slack.com.evil.example/': 'json',
    'https://example.com/hook': 'json',
  }
  for (const [url, format] of Object.entries(hosts))
    t.strictSame(resolveNotify({ url }), [{ url, format, headers: {}, timeoutMs: 10_000 }])
  t.match(
    resolveNotify([
      notify,
      { url: new URL('http://a/'), format: 'teams', headers: { a: 'b' }, timeoutMs: 5 },
    ]),
    [notify, { url: 'http://a/', format: 'teams', headers: { a: 'b' }, timeoutMs: 5 }],
  )
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['https://hooks.slack.com/services/s3cret', /notify must be a function, or an object .* got an address/],
    [5, /notify must be a function/],
    [[{ url: 'nowhere/s3cret' }], /notify\[0\]\.url must be an address that begins with https/],
    [{ url: 'file:///s3cret' }, /notify\.url must be an address/],
    [{ url: 'https://u:s3cret@host/' }, /must not hold a user or a password/],
    [{ url: 'https://a/', format: 'xml' }, /notify\.format must be/],
    [{ url: 'https://a/', timeoutMs: 0 }, /notify\.timeoutMs must be/],
    [{ uri: 'https://a/' }, /has no option named 'uri'/],
    [{ url: 'https://a/', headers: { a: 1 } }, /headers\.a must be a string/],
  ]
  for (const [value, message] of wrong) {
    t.throws(() => resolveNotify(value), { code: 'ERR_OPTION_INVALID', message })
    try {
      resolveNotify(value)
    } catch (error) {
      t.notMatch(String(error), /s3cret/)
    }
  }
})
