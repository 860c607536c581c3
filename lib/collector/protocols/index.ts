import { applicationInsights } from './application-insights.js'
import { datadog } from './datadog.js'
import { dynatrace } from './dynatrace.js'
import { elastic } from './elastic.js'
import { instana } from './instana.js'
import { newrelic } from './newrelic.js'
import { otlp } from './otlp.js'
import type { Protocol } from './protocol.js'
import { pyroscope } from './pyroscope.js'
import { sentry } from './sentry.js'
import { skywalking } from './skywalking.js'

/** Told apart by path; no two take the same request. */
export const protocols: readonly Protocol[] = [
  otlp,
  datadog,
  elastic,
  newrelic,
  sentry,
  applicationInsights,
  instana,
  skywalking,
  dynatrace,
  pyroscope,
]
