import { variablesAsGiven } from '../../options/variables-as-given.js'
import type { ResolvedOptions, ResolvedReady } from '../../options/resolved.js'
import type { RerunOptions } from '../../types/index.js'
import { withoutSecrets } from './known-secrets.js'
import { reportedWorkload } from './reported-workload.js'

/** What it takes to run it again, as far as a report may hold it. */
export function rerunOptions(options: ResolvedOptions, secrets: readonly string[]): RerunOptions | undefined {
  const { given, entry, workload } = options
  if (given === undefined) return undefined
  return {
    workload: reportedWorkload(workload, secrets),
    entry: {
      ready: reportedReady(entry.ready, secrets),
      variables: variablesAsGiven(entry.env),
      ...(entry.port === null ? {} : { port: entry.port }),
      stdin: entry.stdin !== '',
      nodePath: given.nodePath,
    },
    agents: given.agents,
    concurrency: options.concurrencyIsDefault ? null : options.concurrency,
    trialTimeoutMs: options.trialTimeoutMs,
    readyTimeoutMs: options.readyTimeoutMs,
    evidence: options.evidence,
    evidenceHeapLimitBytes: options.evidenceHeapLimitBytes,
  }
}

function reportedReady(ready: ResolvedReady, secrets: readonly string[]): RerunOptions['entry']['ready'] {
  switch (ready.kind) {
    case 'listening':
    case 'running':
      return ready.kind
    case 'output': {
      const { source, flags } = ready.pattern
      return withoutSecrets(source, secrets) === source ? { pattern: source, flags } : null
    }
    case 'function':
      return null
  }
}
