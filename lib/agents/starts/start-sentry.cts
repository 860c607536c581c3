import type { LoadAgent } from './load-agent.cjs'

interface Integration {
  readonly name: string
}

interface SentryOptions {
  readonly tracesSampleRate?: number
  readonly integrations?: (integrations: readonly Integration[]) => Integration[]
}

interface Sentry {
  /** Reads `SENTRY_DSN` and, in newer versions, the other variables. */
  readonly init: (options: SentryOptions) => unknown
}

const loadAgent = require('./load-agent.cjs') as LoadAgent

/** Starts it with its default integrations, without those named in `ISOLATE_LEAK_SENTRY_WITHOUT`. */
function startSentry(): void {
  const without = (process.env['ISOLATE_LEAK_SENTRY_WITHOUT'] ?? '').split(',').filter(Boolean)
  const rate = Number.parseFloat(process.env['SENTRY_TRACES_SAMPLE_RATE'] ?? '')
  const sentry = loadAgent('ISOLATE_LEAK_START_SENTRY') as Sentry
  sentry.init({
    ...(Number.isFinite(rate) ? { tracesSampleRate: rate } : {}),
    ...(without.length > 0
      ? { integrations: integrations => integrations.filter(({ name }) => !without.includes(name)) }
      : {}),
  })
}

export type StartSentry = typeof startSentry
module.exports = startSentry
