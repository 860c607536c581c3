import { types } from 'node:util'
import * as v from 'valibot'
import { isPlainObject, showValue, invalidOption } from '../options/check/check-object.js'
import { command, nonEmpty, texts, variables, wholeNumber } from '../options/check/fields.js'
import { optionsOf, parse } from '../options/check/parse.js'
import { isFolder, findExecutable } from '../system/file-exists.js'
import { toPath } from '../options/check/to-path.js'
import type { ResolvedEntry, ResolvedSidecar } from '../options/resolved.js'
import { type AgentPlaces, agentError } from './preload.js'

const LAST_PORT = 65_535

const SIDECAR = optionsOf({
  command,
  args: v.optional(texts, []),
  env: v.optional(variables, {}),
  cwd: v.optional(v.unknown()),
  ready: v.optional(v.unknown()),
})
const PORT = optionsOf({
  port: wholeNumber(1, LAST_PORT),
  host: v.optional(nonEmpty, '127.0.0.1'),
})

/**
 * The process that belongs to an agent, with its command as an absolute path.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, or `ERR_SIDECAR_NOT_FOUND` when the command is neither a file nor on the PATH
 */
export function resolveSidecar(
  agent: string,
  value: unknown,
  { cwds }: AgentPlaces,
  entry: ResolvedEntry,
): ResolvedSidecar {
  const label = `agent '${agent}': sidecar`
  const given = parse(SIDECAR, value, label)
  const { env } = given
  const cwd = given.cwd === undefined ? entry.cwd : toPath(`${label}.cwd`, given.cwd, cwds[0] ?? entry.cwd)
  if (!isFolder(cwd)) throw invalidOption(`${label}.cwd must be an existing folder, got ${cwd}`)
  const [started, ...args] = given.command
  if (started === undefined || started.trim() === '') {
    throw invalidOption(`${label}.command must name what is started, it is empty`)
  }
  return {
    command: [
      locate(agent, started, [cwd, ...cwds], env.PATH ?? process.env.PATH ?? ''),
      ...args,
      ...given.args,
    ],
    cwd,
    env,
    ready: resolveReady(`${label}.ready`, given.ready),
  }
}

function locate(agent: string, command: string, folders: readonly string[], path: string): string {
  const pathExt = process.env.PATHEXT
  for (const cwd of folders) {
    const found = findExecutable(command, { cwd, path, ...(pathExt === undefined ? {} : { pathExt }) })
    if (found !== undefined) return found
  }
  const hint = /\s/.test(command) ? '; give a command with arguments as an array' : ''
  throw agentError(
    'ERR_SIDECAR_NOT_FOUND',
    agent,
    `its sidecar '${command}' is neither an executable file nor on the PATH${hint}`,
  )
}

function resolveReady(name: string, value: unknown): ResolvedSidecar['ready'] {
  if (value === undefined || value === 'spawned') return { kind: 'spawned' }
  if (types.isRegExp(value)) {
    return { kind: 'output', source: value.source, flags: value.flags.replaceAll(/[gy]/g, '') }
  }
  if (isPlainObject(value)) {
    return { kind: 'port', ...parse(PORT, value, name) }
  }
  throw invalidOption(
    `${name} must be 'spawned', a RegExp for a line of output or an object with port, got ${showValue(value)}`,
  )
}
