import { pathToFileURL } from 'node:url'
import { checkNames } from '../check/check-names.js'
import { checkName, checkTexts } from '../check/check-text.js'
import { checkObject } from '../check/check-object.js'
import { checkVariables } from '../check/check-variables.js'
import { invalidOption } from '../check/invalid-option.js'
import { checkNodeArgs } from '../check/check-node-args.js'
import { isUrl } from '../check/to-path.js'
import type { ResolvedEntry } from '../options/resolved.js'
import { resolveLauncher } from './launcher.js'
import { resolvePreload, type AgentPlaces } from './preload.js'
import type { FoundAgent } from './resolve-agents.js'
import { packageOf } from './resolve-string-agent.js'

const NAMES = ['name', 'require', 'import', 'env', 'nodeArgs', 'command', 'requires']
const UNSUPPORTED = {
  package:
    'install the version under an alias (npm install NAME@npm:PACKAGE@VERSION) and give the alias as require',
  preset: 'give require or import, and env, as the documentation of the agent says',
  sidecar: 'start what belongs beside the application yourself, before the call',
}

/** An agent given as an object: exactly what it says, nothing added. */
export function resolveObjectAgent(
  label: string,
  value: unknown,
  places: AgentPlaces,
  entry: ResolvedEntry,
): FoundAgent {
  const given = checkObject(`${label} must be a string or an object; it`, value)
  const name = checkName(`${label}.name`, given.name)
  const owner = `agent '${name}'`
  checkNames(owner, given, NAMES, UNSUPPORTED)
  const env = given.env === undefined ? {} : checkVariables(`${owner}: env`, given.env)
  const preloads = [
    ...specifiers(`${owner}: require`, given.require).map(one =>
      resolvePreload(name, one, 'require', places),
    ),
    ...specifiers(`${owner}: import`, given.import).map(one => resolvePreload(name, one, 'import', places)),
  ]
  const imports = preloads.filter(({ kind }) => kind === 'import')
  const agent = {
    name,
    require: preloads.filter(({ kind }) => kind === 'require').map(({ file }) => file),
    import: imports.map(({ file }) => (file.startsWith('data:') ? file : pathToFileURL(file).href)),
    env,
    nodeArgs: given.nodeArgs === undefined ? [] : checkNodeArgs(`${owner}: nodeArgs`, given.nodeArgs),
    command: given.command === undefined ? [] : resolveLauncher(name, given.command, places, entry, env),
    requires: given.requires === undefined ? [] : checkTexts(`${owner}: requires`, given.requires),
    package: packageOf(preloads[0]),
  }
  const sets = [preloads, agent.nodeArgs, agent.command, Object.keys(env)].some(part => part.length > 0)
  if (!sets) {
    throw invalidOption(
      `${owner} sets nothing (require, import, env, nodeArgs or command), so being on or off makes no difference`,
    )
  }
  return { agent, preloads }
}

/** Files or packages, one or several; URLs as their text. */
function specifiers(name: string, value: unknown): string[] {
  if (value === undefined) return []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map(one => (isUrl(one) ? one.href : checkName(name, one)))
}
