import type { IsolateLeakOptions } from 'isolate-leak'
import { projectPath } from '../../test/support/project-path.js'
import { expressFolder } from '../../test/support/real-agents.js'

/** A call whose right answer is known. */
export interface TimedCase {
  readonly name: string
  /** Who leaks; `null`: nobody. */
  readonly leaks: string | null
  readonly app: 'orders-express.cjs' | 'outbound-unresumed.cjs' | 'orders-dropping.cjs'
  readonly agents: NonNullable<IsolateLeakOptions['agents']>
}

const clean = (specifier: string): TimedCase => ({
  ...{ name: specifier, leaks: null, app: 'orders-express.cjs', agents: [specifier] },
})

/** The application alone, today's agents with their presets at their defaults, and leaks. */
export const CASES: readonly TimedCase[] = [
  { name: 'express alone', leaks: null, app: 'orders-express.cjs', agents: [] },
  clean('dd-trace@5.132.0'),
  clean('newrelic@13.20.0'),
  clean('@opentelemetry/auto-instrumentations-node@0.82.0'),
  clean('@sentry/node@11.12.0'),
  clean('elastic-apm-node@4.18.0'),
  { name: 'dd-trace@3.9.3', leaks: 'dd-trace', app: 'orders-express.cjs', agents: ['dd-trace@3.9.3'] },
  {
    name: 'instrumentation-http@0.45.1',
    leaks: 'sdk-node',
    app: 'outbound-unresumed.cjs',
    agents: ['@opentelemetry/sdk-node@0.45.1'],
  },
  {
    name: 'newrelic@7.4.0, promises tracked',
    leaks: 'newrelic',
    app: 'orders-dropping.cjs',
    agents: [
      {
        ...{ name: 'newrelic', package: 'newrelic@7.4.0' },
        env: { NEW_RELIC_FEATURE_FLAG_NEW_PROMISE_TRACKING: 'true' },
      },
    ],
  },
  {
    name: 'made up, 176 B/op',
    leaks: 'keeps',
    app: 'orders-express.cjs',
    agents: [{ name: 'keeps', require: projectPath('bench', 'time-to-verdict', 'keeps-176.cjs') }],
  },
]

export async function entryOf({ app }: TimedCase, auditUrl: string): Promise<IsolateLeakOptions['entry']> {
  const folder = app === 'orders-dropping.cjs' ? ['bench', 'accuracy', 'apps'] : ['test', 'fixtures', 'apps']
  return {
    file: projectPath(...folder, app),
    // With the variable, other applications call it, too.
    env:
      app === 'outbound-unresumed.cjs' ? { AUDIT_URL: auditUrl } : { EXPRESS_FOLDER: await expressFolder() },
  }
}
