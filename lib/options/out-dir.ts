import { isFile } from '../system/file-exists.js'
import { toPath } from './check/to-path.js'
import { showValue, invalidOption } from './check/check-object.js'
import { checkNumber } from './check/check-number.js'
import { checkChoice } from './check/check-text.js'
import type { ResolvedOptions } from './resolved.js'

/** Folder that is written to, made when it is needed; `null`: nothing is written. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveOutDir(value: unknown, cwd: string): string | null {
  if (value === undefined) return null
  const folder = toPath('outDir', value, cwd)
  if (isFile(folder)) throw invalidOption(`outDir must be a folder, but ${folder} is a file`)
  return folder
}

/**
 * Whether to go on with what is in `outDir`.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where there is no `outDir`
 */
export function resolveResume(value: unknown, outDir: string | null): boolean {
  if (value === undefined || value === false) return false
  if (value !== true) throw invalidOption(`resume must be true or false, got ${showValue(value)}`)
  if (outDir === null) throw invalidOption('resume must come with an outDir to go on from, got none')
  return true
}

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
