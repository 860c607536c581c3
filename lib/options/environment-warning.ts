import { cleanEnvironment } from '../system/clean-environment.js'
import type { RunWarning } from '../types/index.js'
import type { ResolvedEntry } from './resolved.js'

/**
 * Names variables of the caller that the application does not get though somebody may have meant it to.
 * Variables that `entry.env` sets or unsets have been thought of.
 */
export function environmentWarning(
  entry: ResolvedEntry,
  callerEnv: NodeJS.ProcessEnv = process.env,
): RunWarning[] {
  const dropped = cleanEnvironment(callerEnv).dropped.filter(name => !Object.hasOwn(entry.env, name))
  if (dropped.length === 0) return []
  const [are, it] = dropped.length === 1 ? ['is', 'it'] : ['are', 'they']
  return [
    {
      code: 'ENVIRONMENT_DROPPED',
      message:
        `${dropped.join(', ')} of this process ${are} not passed on to the application, since ${it} would ` +
        `change what is measured; where that is meant, set it in entry.env or in an agent`,
      downgrades: false,
    },
  ]
}
