import { codeOf, failedNight } from '../history/record/failed-night.js'
import type { FailedNight } from '../history/night.js'
import type { ResolvedNotify } from '../options/notify.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { isSecretName } from '../redact/redact-text.js'
import { knownSecrets, withoutSecrets } from '../report/redact/known-secrets.js'

/** What is known of a run that failed besides its error. */
export interface FailedRun {
  readonly startedAt: Date
  readonly totalMs: number
  /** `null`: its options were refused. */
  readonly resolved: ResolvedOptions | null
  readonly targets: readonly ResolvedNotify[]
}

const SHORTEST_SECRET = 6

/** The line of a run that threw. What the application wrote may be in the message, so known secrets are taken out. */
export function failureOf(error: unknown, failed: FailedRun): FailedNight {
  const { startedAt, totalMs, resolved, targets } = failed
  const addresses = targets.flatMap(target => (typeof target === 'function' ? [] : [target.url]))
  const secrets = resolved === null ? secretVariables(process.env) : knownSecrets(resolved, process.env)
  const message = error instanceof Error ? error.message : String(error)
  return failedNight({
    ...{ startedAt, totalMs, run: null },
    code: codeOf(error),
    message: withoutSecrets(message, [...addresses, ...secrets]),
  })
}

function secretVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET && isSecretName(name) ? [value] : [],
  )
}
