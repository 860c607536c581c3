import createDebug from 'debug'

/**
 * What is logged, each step under a name of its own: `plan` (which sets are launched next), `trial` (launches, and why one
 * ended early), `collector` (what agents reported to, and what arrived), `verdict` (what every look at the data shows),
 * `evidence`, `install` (npm), `bisect`, `journal` (folders of runs), `history`, `notify`.
 */
export type DebugName =
  | 'plan'
  | 'trial'
  | 'collector'
  | 'verdict'
  | 'evidence'
  | 'install'
  | 'bisect'
  | 'journal'
  | 'history'
  | 'notify'

/** A logger of the namespace `isolate-leak:<name>`, silent unless `DEBUG` names it. */
export function debugFor(name: DebugName): (format: string, ...values: unknown[]) => void {
  return createDebug(`isolate-leak:${name}`)
}

/** Whether `DEBUG` names anything of this library. */
export function isDebugging(): boolean {
  return /isolate-leak|^\*|[\s,]\*/.test(process.env['DEBUG'] ?? '')
}
