import createDebug from 'debug'

/** A logger of the namespace `isolate-leak:<name>`, silent unless `DEBUG` names it. */
export function debugFor(name: string): (format: string, ...values: unknown[]) => void {
  return createDebug(`isolate-leak:${name}`)
}
