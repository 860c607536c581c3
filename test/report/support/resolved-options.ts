import type { ResolvedAgent, ResolvedEntry, ResolvedOptions } from '../../../lib/options/resolved.js'
import { resolveTiming } from '../../../lib/options/timing.js'

const versions: Readonly<Record<string, string>> = {
  'dd-trace': '3.9.3',
  '@opentelemetry/auto-instrumentations-node': '0.82.0',
}

export function resolvedAgent(name: string, more: Partial<ResolvedAgent> = {}): ResolvedAgent {
  return {
    name,
    require: [`/srv/shop/node_modules/${name}/init.js`],
    import: [],
    env: {},
    preset: null,
    nodeArgs: [],
    command: [],
    sidecar: null,
    requires: [],
    tree: [],
    package: { name, version: versions[name] ?? '1.0.0', root: `/srv/shop/node_modules/${name}` },
    ...more,
  }
}

/** Resolved options of a shop with two agents. */
export function resolvedOptions(
  more: {
    readonly agents?: readonly (string | ResolvedAgent)[]
    readonly entry?: Partial<ResolvedEntry>
    readonly workload?: ResolvedOptions['workload']
  } & Partial<
    Pick<
      ResolvedOptions,
      'effort' | 'errorRate' | 'timing' | 'operations' | 'warnings' | 'conflict' | 'backends'
    >
  > = {},
): ResolvedOptions {
  const { agents = Object.keys(versions), entry, ...others } = more
  return {
    entry: {
      file: '/srv/shop/server.js',
      args: [],
      cwd: '/srv/shop',
      env: {},
      nodeArgs: [],
      nodePath: '/usr/bin/node',
      nodeVersion: '20.20.2',
      v8Version: '11.3.244.8-node.38',
      ready: { kind: 'listening' },
      port: null,
      isCommand: false,
      stdin: '',
      ...entry,
    },
    agents: agents.map(agent => (typeof agent === 'string' ? resolvedAgent(agent) : agent)),
    workload: { kind: 'http', description: 'GET /orders/42 on 10 connections', options: {} },
    effort: 'standard',
    operations: 20_480,
    threshold: 16,
    errorRate: 0.05,
    strategy: 'each',
    backends: ['up'],
    keep: [],
    conflict: null,
    concurrency: 1,
    concurrencyIsDefault: false,
    loadsAtATime: 1,
    budgetMs: null,
    trialTimeoutMs: 600_000,
    readyTimeoutMs: 30_000,
    timing: resolveTiming({}, 'standard', { kind: 'http' }),
    evidence: 'summary',
    evidenceHeapLimitBytes: 268_435_456,
    keepAliveBytes: null,
    outDir: null,
    resume: false,
    shard: null,
    seed: 1234,
    signal: null,
    onEvent: () => undefined,
    openHost: () => {
      throw new Error('expected no trial')
    },
    warnings: [],
    carrier: null,
    listPackages: false,
    ...others,
  }
}
