import { http, inApp, isolateLeak, type IsolationReport } from 'isolate-leak'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', 'runners', name)

const small = {
  operations: 640,
  threshold: 512,
  retentionMs: 300,
  seed: 1,
  evidence: 'none',
  ...quickTiming,
} as const

/** A server under load, with preloads for CommonJS: runs on every Node that applications may use. */
export const requestsAgainst = (nodePath: string): Promise<IsolationReport> =>
  isolateLeak({
    ...small,
    entry: { file: fixture('app.mjs'), nodePath },
    agents: [
      { name: 'harmless', require: fixture('harmless.cjs') },
      { name: 'leaky', require: fixture('leaky.cjs') },
    ],
    workload: http({ path: '/orders' }),
  })

/** Calls inside the application, with preloads for ES modules. */
export const callsInside = (nodePath: string): Promise<IsolationReport> =>
  isolateLeak({
    ...small,
    entry: { file: fixture('app.mjs'), nodePath },
    agents: [
      { name: 'harmless', import: fixture('harmless-import.mjs') },
      { name: 'leaky', import: fixture('leaky-import.mjs') },
    ],
    workload: inApp(fixture('orders.mjs')),
  })
