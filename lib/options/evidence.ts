import { checkNumber } from './check/check-number.js'
import { checkChoice } from './check/check-text.js'
import { invalidOption } from './check/invalid-option.js'
import type { ResolvedOptions } from './resolved.js'

const HEAP_LIMIT_BYTES = 256 * 1024 * 1024
const CHOICES: readonly ResolvedOptions['evidence'][] = ['none', 'summary', 'snapshots', 'raw-snapshots']

/**
 * What is found out about a culprit, and what of it is kept.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where snapshots are to be kept and there is no folder for them
 */
export function resolveEvidence(
  given: Readonly<Record<string, unknown>>,
  outDir: string | null,
): Pick<ResolvedOptions, 'evidence' | 'evidenceHeapLimitBytes'> {
  const evidence = checkChoice('evidence', given.evidence ?? 'summary', CHOICES)
  if (evidence.endsWith('snapshots') && outDir === null) {
    throw invalidOption(`evidence '${evidence}' must come with an outDir to keep the snapshots in, got none`)
  }
  const { evidenceHeapLimitBytes = HEAP_LIMIT_BYTES } = given
  return {
    evidence,
    evidenceHeapLimitBytes: checkNumber('evidenceHeapLimitBytes', evidenceHeapLimitBytes, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    }),
  }
}
