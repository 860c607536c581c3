import type { IsolateLeakOptions } from 'isolate-leak'
import { projectPath } from '../../test/support/project-path.js'

/** What is recorded: an application and one agent beside it. */
export interface Configuration {
  readonly name: string
  /** What is known of the agent: harmless, or the growth that it has, in bytes of heap an operation. */
  readonly leaks: number | null
  readonly agent: NonNullable<IsolateLeakOptions['agents']>[number]
}

const preload = (file: string): string => projectPath('bench', 'accuracy', 'preloads', file)
const made = (file: string): string => projectPath('bench', 'recorded', 'agents', file)

/** Agents with their presets at their defaults, look-alikes, and leaks. The application alone is recorded beside each. */
export const CONFIGURATIONS: readonly Configuration[] = [
  { name: 'dd-trace-5.132', leaks: null, agent: 'dd-trace@5.132.0' },
  { name: 'newrelic-13.20', leaks: null, agent: 'newrelic@13.20.0' },
  { name: 'otel-auto-0.82', leaks: null, agent: '@opentelemetry/auto-instrumentations-node@0.82.0' },
  { name: 'sentry-11.12', leaks: null, agent: '@sentry/node@11.12.0' },
  { name: 'elastic-4.18', leaks: null, agent: 'elastic-apm-node@4.18.0' },
  { name: 'splunk-4.3', leaks: null, agent: '@splunk/otel@4.3.0' },
  { name: 'instana-5.5', leaks: null, agent: '@instana/collector@5.5.0' },
  { name: 'applicationinsights-2.9', leaks: null, agent: 'applicationinsights@2.9.8' },
  { name: 'harmless', leaks: null, agent: { name: 'harmless', require: preload('harmless.cjs') } },
  { name: 'cache-of-1200', leaks: null, agent: { name: 'cache', require: made('cache.cjs') } },
  { name: 'buffer-flushed', leaks: null, agent: { name: 'buffer', require: made('buffer.cjs') } },
  { name: 'dd-trace-3.9', leaks: 7_320, agent: 'dd-trace@3.9.3' },
  { name: 'keeps-200', leaks: 200, agent: { name: 'keeps', require: made('keeps.cjs') } },
]
