import { isCi, isLive, type CliContext, type OutputStream } from '../context.js'

/**
 * How a run is shown on stderr: a few redrawn lines below those that stay, lines that stay only, or not at all (errors are
 * always told).
 */
export type ProgressMode = 'live' | 'plain' | 'none'

/**
 * Redrawn lines where somebody looks at a terminal that can do it, plain lines on a terminal that cannot. Where stderr is no
 * terminal, or belongs to a job of a CI service, nothing is shown unless it is asked for.
 * @param asked `--progress` or `--no-progress`; `undefined`: neither
 */
export function progressMode(
  stderr: OutputStream,
  env: CliContext['env'],
  asked: boolean | undefined,
): ProgressMode {
  if (asked === false) return 'none'
  if (isLive(stderr, env)) return 'live'
  return asked === true || (stderr.isTTY === true && !isCi(env)) ? 'plain' : 'none'
}
