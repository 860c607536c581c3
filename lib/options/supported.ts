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
  ...['evidence', 'evidenceHeapLimitBytes', 'outDir', 'seed', 'signal', 'onEvent'],
]

/**
 * Refuses options that do not exist, and values of existing ones that this version cannot do.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` or `ERR_OPTION_UNSUPPORTED`
 */
export function checkSupported(given: Readonly<Record<string, unknown>>): void {
  checkNames('isolateLeak()', given, [...NAMES, ...(given.resume === false ? ['resume'] : [])], {
    resume: 'a run always starts anew',
  })
}
