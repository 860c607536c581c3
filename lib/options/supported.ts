import { checkNames } from '../check/check-names.js'
import { checkChoice } from '../check/check-text.js'
import { IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from './resolved.js'

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
  ...['concurrency', 'budgetMs', 'trialTimeoutMs', 'readyTimeoutMs', 'retentionMs', 'evidence', 'outDir'],
  ...['seed', 'signal', 'onEvent'],
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

/** Evidence that is gathered about a culprit. */
export function resolveEvidence(value: unknown = 'summary'): ResolvedOptions['evidence'] {
  if (value === 'snapshots')
    throw unsupported("evidence 'snapshots'", "no heap snapshots are taken: use 'summary'")
  return checkChoice('evidence', value, ['summary', 'none'])
}

function unsupported(what: string, instead: string): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_UNSUPPORTED', `${what} is not supported: ${instead}`)
}
