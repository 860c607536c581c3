import { types } from 'node:util'
import { checkNames } from '../options/check/check-names.js'
import { checkNumber } from '../options/check/check-number.js'
import { checkObject, isPlainObject, showValue, invalidOption } from '../options/check/check-object.js'
import { checkName, checkTexts } from '../options/check/check-text.js'
import { checkVariables } from '../options/check/check-variables.js'
import { isFolder, findExecutable } from '../system/file-exists.js'
import { toPath } from '../options/check/to-path.js'
import type { ResolvedEntry, ResolvedSidecar } from '../options/resolved.js'
import { type AgentPlaces, agentError } from './preload.js'

const SIDECAR_OPTIONS = ['command', 'args', 'env', 'cwd', 'ready']
const LAST_PORT = 65_535

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
  const given = checkObject(label, value)
  checkNames(label, given, SIDECAR_OPTIONS)
  const env = given.env === undefined ? {} : checkVariables(`${label}.env`, given.env)
  const cwd = given.cwd === undefined ? entry.cwd : toPath(`${label}.cwd`, given.cwd, cwds[0] ?? entry.cwd)
  if (!isFolder(cwd)) throw invalidOption(`${label}.cwd must be an existing folder, got ${cwd}`)
  const [command, ...args] =
    typeof given.command === 'string' ? [given.command] : checkTexts(`${label}.command`, given.command)
  if (command === undefined || command.trim() === '') {
    throw invalidOption(`${label}.command must name what is started, it is empty`)
  }
  return {
    command: [
      locate(agent, command, [cwd, ...cwds], env.PATH ?? process.env.PATH ?? ''),
      ...args,
      ...(given.args === undefined ? [] : checkTexts(`${label}.args`, given.args)),
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
    checkNames(name, value, ['port', 'host'])
    return {
      kind: 'port',
      port: checkNumber(`${name}.port`, value.port, { min: 1, max: LAST_PORT, integer: true }),
      host: value.host === undefined ? '127.0.0.1' : checkName(`${name}.host`, value.host),
    }
  }
  throw invalidOption(
    `${name} must be 'spawned', a RegExp for a line of output or an object with port, got ${showValue(value)}`,
  )
}
