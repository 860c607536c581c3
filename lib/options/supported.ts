import { checkNames } from '../check/check-names.js'

const NAMES = [
  ...[
    'entry',
    'agents',
    'keep',
    'workload',
    'threshold',
    'errorRate',
    'effort',
    'operations',
    'strategy',
    'backends',
  ],
  ...['concurrency', 'budgetMs', 'trialTimeoutMs', 'readyTimeoutMs', 'retentionMs'],
  ...['evidence', 'evidenceHeapLimitBytes', 'outDir', 'resume', 'shard', 'seed', 'signal', 'onEvent'],
]

/**
 * Refuses options that do not exist.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkSupported(given: Readonly<Record<string, unknown>>): void {
  checkNames('isolateLeak()', given, NAMES)
}
