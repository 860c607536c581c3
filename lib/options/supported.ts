import { checkNames } from './check/check-names.js'

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
  ...['concurrency', 'keepAliveBytes', 'budgetMs', 'trialTimeoutMs', 'readyTimeoutMs', 'retentionMs'],
  ...[
    'evidence',
    'evidenceHeapLimitBytes',
    'outDir',
    'resume',
    'shard',
    'history',
    'notify',
    'seed',
    'signal',
    'onEvent',
  ],
]

/**
 * Refuses options that do not exist.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkSupported(given: Readonly<Record<string, unknown>>): void {
  checkNames('isolateLeak()', given, NAMES)
}
