import type { BisectVerdict } from '../types/bisect.js'
import { IsolateLeakError } from '../errors.js'
import type { ReplayVerdict } from '../compare/replay/types.js'
import type { Verdict } from '../types/index.js'
import type { UpgradeVerdict } from '../compare/upgrade/types.js'

/** Exit statuses of the command. A signal gives 128 and its number. */
export const EXIT = { clean: 0, leak: 1, inconclusive: 2, failed: 3, usage: 64 } as const

/** Status for a verdict. */
export function verdictStatus(verdict: Verdict): number {
  return EXIT[verdict]
}

/** Status for a rollout: 0 where the new version may go out. */
export function upgradeStatus(verdict: UpgradeVerdict): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return verdict === 'safe' || verdict === 'fixes' ? EXIT.clean : EXIT.leak
}

/** Status for a search among versions: 1 where one leaks. */
export function bisectStatus(verdict: BisectVerdict): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return verdict === 'clean' ? EXIT.clean : EXIT.leak
}

/** Status for a replay: 0 where nothing leaks any more. */
export function replayStatus(verdict: ReplayVerdict): number {
  if (verdict === 'inconclusive') return EXIT.inconclusive
  return verdict === 'still happens' || verdict === 'new leak' ? EXIT.leak : EXIT.clean
}

/** Status for an error: wrong options are wrong usage, everything else is an experiment that failed. */
export function errorStatus(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  const code = error instanceof IsolateLeakError ? error.code : ''
  return code === 'ERR_CONFIG' || code.startsWith('ERR_OPTION_') ? EXIT.usage : EXIT.failed
}

/** The command line was not understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** Name of the command whose help may help; empty: that of all. */
  readonly command: string

  constructor(
    message: string,
    { command = '', ...options }: ErrorOptions & { readonly command?: string } = {},
  ) {
    super(message, options)
    this.command = command
  }
}
