import { codeOf, failedNight } from './history/record/failed-night.js'
import type { FailedNight } from './history/night.js'
import type { ResolvedNotify } from './notify/notify-options.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { secretsOfRun, withoutSecrets } from '../report/redact/known-secrets.js'

/** What is known of a run that failed besides its error. */
export interface FailedRun {
  readonly startedAt: Date
  readonly totalMs: number
  /** `null`: its options were refused. */
  readonly resolved: ResolvedOptions | null
  /** The options as they were given. */
  readonly given: unknown
  readonly targets: readonly ResolvedNotify[]
}

/** The line of a run that threw. What the application wrote may be in the message, so known secrets are taken out. */
export function failureOf(error: unknown, failed: FailedRun): FailedNight {
  const { startedAt, totalMs, resolved, given, targets } = failed
  const addresses = targets.flatMap(target => (typeof target === 'function' ? [] : [target.url]))
  const secrets = secretsOfRun(resolved, process.env, given)
  const message = error instanceof Error ? error.message : String(error)
  return failedNight({
    ...{ startedAt, totalMs, run: null },
    code: codeOf(error),
    message: withoutSecrets(message, [...addresses, ...secrets]),
  })
}
