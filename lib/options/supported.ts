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

// Read before all others.
const NIGHTLY = {
  history: 'only runs of isolateLeak() have one',
  notify: 'only runs of isolateLeak() tell somebody',
}

/**
 * Refuses options that do not exist, and those that are not for every kind of run.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` or `ERR_OPTION_UNSUPPORTED`
 */
export function checkSupported(given: Readonly<Record<string, unknown>>): void {
  checkNames('isolateLeak()', given, NAMES, NIGHTLY)
}
