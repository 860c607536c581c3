import { types } from 'node:util'
import { isPlainObject } from '../../options/check/check-object.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { isCallersOwn, noteCallersOwn } from '../../options/redact/callers-own.js'
import { secretsOfRun, withoutSecrets } from './known-secrets.js'

/** What must not be shown of an error that left the library. */
const secretsOf = new WeakMap<object, readonly string[]>()

/**
 * Runs what a function of the library does: no error leaves it with a secret of its options or of the environment in its texts, nor
 * in those of its causes. What the caller threw is the caller's, and stays as it is.
 * @param given the options as they were given, which may not be valid
 * @param run tells its options as soon as they are validated
 */
export async function withCleanErrors<Result>(
  given: unknown,
  run: (resolvedTo: (resolved: ResolvedOptions) => void) => Promise<Result>,
): Promise<Result> {
  let resolved: ResolvedOptions | null = null
  try {
    return await run(validated => {
      resolved = validated
    })
  } catch (error) {
    if (isPlainObject(given))
      noteCallersOwn((given.signal as Partial<AbortSignal> | null | undefined)?.reason)
    const secrets = secretsOfRun(resolved, process.env, given)
    clean(error, secrets, new Set())
    if (types.isNativeError(error)) secretsOf.set(error, [...secrets, ...(secretsOf.get(error) ?? [])])
    throw error
  }
}

/** Takes secrets out of what is printed of an error: what the caller threw may be among its causes. */
export function errorCleaner(
  error: unknown,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const known = types.isNativeError(error) ? secretsOf.get(error) : undefined
  const secrets = known ?? secretsOfRun(null, env, null)
  return text => withoutSecrets(text, secrets)
}

/** Changes the error itself: whoever catches it finds its class, its code and what else it carries. */
function clean(error: unknown, secrets: readonly string[], seen: Set<Error>): void {
  if (!types.isNativeError(error) || isCallersOwn(error) || seen.has(error)) return
  seen.add(error)
  for (const name of ['message', 'stack', ...Object.keys(error)]) {
    const value: unknown = Reflect.get(error, name)
    const cleaned = cleanTexts(value, secrets)
    if (cleaned !== value) Reflect.set(error, name, cleaned)
  }
  clean(error.cause, secrets, seen)
  if (error instanceof AggregateError) for (const one of error.errors) clean(one, secrets, seen)
}

/** Errors of the system also carry the command, as a text and as a list. */
function cleanTexts(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return withoutSecrets(value, secrets)
  if (!Array.isArray(value) || !value.every(one => typeof one === 'string')) return value
  return value.map(one => withoutSecrets(one, secrets))
}
