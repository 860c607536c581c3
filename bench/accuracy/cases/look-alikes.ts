import { ddTrace, otelAuto } from '../../../test/support/real-agents.js'
import { orders, orderService, preload, wired } from './parts.js'
import type { AccuracyCase, Allowed } from './types.js'
import { newRelic } from './vendors.js'

const bounded = (because: string): { readonly allowed: Allowed } => ({
  allowed: { inconclusive: true, because },
})

/** Harmless configurations of real agents that look like leaks for a while. */
export const lookAlikeCases: readonly AccuracyCase[] = [
  {
    id: 'express-alone',
    group: 'look-alike',
    about: '60 B/op over the first 2,500 requests, then 5 to 35',
    workload: orders,
    expected: [],
    subject: async () => orderService({ name: 'harmless', require: preload('harmless.cjs') }),
  },
  {
    id: 'otel-auto/up',
    group: 'look-alike',
    about: 'auto-instrumentations-node 0.82.0: 235 B/op at first, flat after 2,300 requests, noisy',
    workload: orders,
    backends: { collector: { behaves: 'up', reports: 'otlp' } },
    expected: [],
    subject: async ({ collector }) => orderService(await otelAuto(collector!.url)),
  },
  {
    id: 'dd-trace/up',
    group: 'look-alike',
    about: 'dd-trace 5.132.0: 163 B/op at first, decaying; external grows in steps',
    workload: orders,
    backends: { collector: { behaves: 'up', reports: 'datadog' } },
    expected: [],
    subject: async ({ collector }) => orderService(await ddTrace('5.132.0', collector!.url)),
  },
  {
    id: 'dd-trace/refused',
    group: 'look-alike',
    about: 'dd-trace 5.132.0: external grows by 33 MB over 15,000 requests, then falls',
    workload: orders,
    backends: { collector: { behaves: 'refused' } },
    expected: [],
    ...bounded('what is not delivered is buffered up to a limit that a trial may not reach'),
    subject: async ({ collector }) => orderService(await ddTrace('5.132.0', collector!.url)),
  },
  {
    id: 'newrelic/up',
    group: 'look-alike',
    about: 'newrelic 13.20.0: flat from 6,500 requests, saw-tooth of 0.7 MB with each harvest',
    workload: orders,
    backends: { collector: { behaves: 'up', secure: true, reports: 'newrelic' } },
    expected: [],
    subject: async ({ collector }) => orderService(await newRelic('13.20.0', collector!)),
  },
  {
    id: 'newrelic/refused',
    group: 'look-alike',
    about: 'newrelic 13.20.0: 1,600 B/op up to 11,500 requests, then flat',
    workload: orders,
    backends: { collector: { behaves: 'refused', secure: true } },
    expected: [],
    ...bounded('the buffer of events is full only in the second half of a trial'),
    subject: async ({ collector }) => orderService(await newRelic('13.20.0', collector!)),
  },
  {
    id: 'applicationinsights/hanging',
    group: 'look-alike',
    about: 'applicationinsights 2.9.8: 1,900 B/op until its requests time out after 20 to 30 s',
    workload: orders,
    backends: { collector: { behaves: 'hanging', reports: 'applicationinsights' } },
    expected: [],
    ...bounded('bounded by a time-out that is longer than the load'),
    subject: async ({ collector }) =>
      orderService(
        await wired(
          'applicationinsights',
          'applicationinsights.cjs',
          'INSIGHTS_FOLDER',
          ['applicationinsights@2.9.8'],
          { INSIGHTS_URL: collector!.url },
        ),
      ),
  },
]
