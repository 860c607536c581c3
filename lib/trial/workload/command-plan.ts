import { delimiter, dirname } from 'node:path'
import { commandPath } from '../../options/entry.js'
import type { CommandWorkload } from '../../types/workload.js'
import type { CommandPlan } from '../types.js'
import { placeholdersIn } from './command-placeholders.js'

const DEFAULT_TIMEOUT_MS = 300_000

/**
 * A load generator as plain data, with its whole environment: that of the caller, and nothing of the agents or the probe.
 * @param baseEnv the caller's environment, cleaned
 */
export function commandPlan(
  { file, args, options }: CommandWorkload,
  baseEnv: Readonly<Record<string, string>>,
): CommandPlan {
  const { env: given = {}, count, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const cwd = String(options.cwd)
  const pathName = Object.keys(baseEnv).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
  const base = { ...baseEnv, [pathName]: generatorPath(cwd, baseEnv[pathName] ?? '') }
  const set = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const names = [...args.slice(1), ...set.map(([, value]) => value)].flatMap(placeholdersIn)
  return {
    file,
    args: args.slice(1),
    cwd,
    env: Object.fromEntries(Object.entries(base).filter(([name]) => !(name in given))),
    variables: Object.fromEntries(set),
    target: names.includes('url') ? 'url' : names.some(name => /^(?:host|port)$/.test(name)) ? 'port' : null,
    count:
      count === undefined
        ? { kind: 'as-asked' }
        : typeof count === 'function'
          ? { kind: 'function' }
          : { kind: 'output', source: count.source, flags: count.flags },
    timeoutMs,
  }
}

/** Commands of packages are found as a package manager finds them, and a Node for them where the PATH has none. */
export function generatorPath(cwd: string, path: string): string {
  return [commandPath(cwd, path), dirname(process.execPath)].join(delimiter)
}
