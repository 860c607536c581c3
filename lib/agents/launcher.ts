import { checkTexts } from '../options/check/check-text.js'
import { invalidOption } from '../options/check/invalid-option.js'
import { findExecutable } from '../system/find-executable.js'
import type { ResolvedEntry } from '../options/resolved.js'
import { agentError } from './agent-error.js'
import type { AgentPlaces } from './preload.js'

/**
 * A launcher with its arguments, as an absolute path, so that it is found also where the PATH of the application is
 * another than the caller's.
 * @throws IsolateLeakError `ERR_AGENT_NOT_FOUND` when it is neither a file nor on the PATH
 */
export function resolveLauncher(
  agent: string,
  value: unknown,
  { cwds }: AgentPlaces,
  entry: ResolvedEntry,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const [command, ...args] =
    typeof value === 'string' ? [value] : checkTexts(`agent '${agent}': command`, value)
  if (command === undefined || command === '') {
    throw invalidOption(`agent '${agent}': command must name a launcher, it is empty`)
  }
  const path = env.PATH ?? entry.env.PATH ?? process.env.PATH ?? ''
  const pathExt = process.env.PATHEXT
  for (const cwd of cwds) {
    const found = findExecutable(command, { cwd, path, ...(pathExt === undefined ? {} : { pathExt }) })
    if (found !== undefined) return [found, ...args]
  }
  const hint = /\s/.test(command) ? '; give a launcher with arguments as an array' : ''
  throw agentError(
    'ERR_AGENT_NOT_FOUND',
    agent,
    `the launcher '${command}' is neither an executable file nor on the PATH${hint}`,
  )
}
