import type { Shape } from './check-shape.js'

const texts = { every: 'string' } as const
const growth: Shape = {
  fields: { estimate: 'number or null', low: 'number or null', high: 'number or null', unit: 'string' },
}
const verdict: Shape = ['leak', 'clean', 'inconclusive']

/** What everything that reads a report needs of it. */
export const reportShape: Shape = {
  fields: {
    verdict,
    culprits: {
      every: {
        fields: {
          kind: ['agent', 'interaction', 'application'],
          agents: texts,
          metric: 'string',
          growth,
          backend: 'string',
          backends: texts,
          alsoGrows: { every: { fields: { metric: 'string', growth } } },
          reason: 'string',
        },
      },
    },
    components: {
      every: {
        fields: {
          name: 'string',
          kind: ['agent', 'application'],
          verdict,
          growth,
          baseline: growth,
          metrics: { every: { fields: { metric: 'string', verdict, growth, threshold: 'number' } } },
          startBytes: 'number or null',
          reason: 'string',
          trials: 'number',
        },
      },
    },
    trials: {
      every: {
        fields: {
          id: 'number',
          agents: texts,
          backend: 'string',
          purpose: 'string',
          operations: 'number',
          outcome: { fields: { kind: 'string' } },
          samples: { every: { fields: { operations: 'number', kind: 'string', values: 'object' } } },
          loadedAgents: { every: { fields: { name: 'string', version: 'string' } } },
          heapLimitBytes: 'number',
        },
      },
    },
    conditions: {
      fields: {
        workload: 'string',
        backends: texts,
        operations: 'number',
        exercised: texts,
        notExercised: texts,
      },
    },
    options: {
      fields: {
        entry: {
          fields: {
            file: 'string',
            args: texts,
            nodeArgs: texts,
            nodePath: 'string',
            cwd: 'string',
            env: texts,
          },
        },
        agents: { every: { fields: { name: 'string', require: texts, import: texts, env: texts } } },
        effort: ['quick', 'standard', 'thorough'],
        operations: 'number',
        threshold: 'number',
        errorRate: 'number',
        strategy: 'string',
        backends: texts,
        concurrency: 'number',
        retentionMs: 'number',
        seed: 'number',
      },
    },
    environment: { fields: { isolateLeak: 'string', node: 'string', platform: 'string', arch: 'string' } },
    warnings: { every: { fields: { code: 'string', message: 'string' } } },
    timings: { fields: { startedAt: 'string', totalMs: 'number' } },
  },
}
