import type { NamedWorkload } from '../../types/workload.js'
import { looksLikeData } from '../../options/redact/mask-key.js'
import { isSecretName } from '../../options/redact/redact-text.js'
import type { ReportedWorkload } from '../../types/index.js'
import { withoutSecrets } from './known-secrets.js'

/** Requests that take more than this, characters, are not worth a report. */
const LONGEST = 20_000
/** Values of a query from this length on are looked at. */
const LONG_VALUE = 16

/**
 * The workload as a JSON config has it; `null` where that cannot be: it holds functions, is too large, or holds something that
 * looks like a secret.
 * @param secrets texts that must not appear
 */
export function reportedWorkload(
  workload: NamedWorkload,
  secrets: readonly string[],
): ReportedWorkload | null {
  switch (workload.kind) {
    case 'http': {
      const { options } = workload
      const text = JSON.stringify(options)
      if (hasFunction(options) || text.length > LONGEST || holdsSecret(options, '', secrets)) return null
      return { http: JSON.parse(text) as Readonly<Record<string, unknown>> }
    }
    case 'in-app':
      return isSecret(workload.module, secrets) ? null : { inApp: workload.module }
    case 'idle':
      return { idle: {} }
    case 'function':
      return null
  }
}

function hasFunction(options: Readonly<Record<string, unknown>>): boolean {
  return Object.values(options).some(value => typeof value === 'function')
}

function holdsSecret(value: unknown, name: string, secrets: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some(one => holdsSecret(one, name, secrets))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).some(
      ([field, one]) => isSecretName(field) || holdsSecret(one, field, secrets),
    )
  }
  if (typeof value !== 'string') return false
  return isSecret(value, secrets) || (name === 'path' && hasTokenInQuery(value))
}

function isSecret(text: string, secrets: readonly string[]): boolean {
  return withoutSecrets(text, secrets) !== text
}

/** Whatever the name of the parameter. */
function hasTokenInQuery(path: string): boolean {
  const values = [...new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length)).values()]
  return values.some(value => value.length >= LONG_VALUE && looksLikeData(value))
}
