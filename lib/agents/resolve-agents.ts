import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { invalidOption } from '../options/check/invalid-option.js'
import { showValue } from '../options/check/show-value.js'
import type { ResolvedAgent, ResolvedEntry } from '../options/resolved.js'
import type { Warning } from '../types/index.js'
import { agentError } from './agent-error.js'
import { checkImportFlag } from './check-import-flag.js'
import { checkRequires } from './check-requires.js'
import { engineWarning } from './engine-warning.js'
import type { FoundAgent } from './found-agent.js'
import type { Installs } from './install-agents.js'
import type { AgentPlaces } from './preload.js'
import { resolveObjectAgent } from './resolve-object-agent.js'
import { resolveStringAgent } from './resolve-string-agent.js'

/**
 * Finds what the agents preload, and checks that they fit together and can run on the application's Node. An empty
 * list is allowed: then the application alone is judged.
 *
 * @param cwd working directory of the caller
 * @param installs what was installed for those that ask for a version
 * @throws IsolateLeakError `ERR_AGENT_NOT_FOUND`, `ERR_AGENT_PACKAGE_MISSING`, `ERR_AGENT_DUPLICATE`,
 * `ERR_AGENT_REQUIRES`, `ERR_AGENT_ENGINE` (no `--import` in this Node), `ERR_OPTION_INVALID` or
 * `ERR_OPTION_UNSUPPORTED`
 */
export function resolveAgents(
  value: unknown,
  entry: ResolvedEntry,
  cwd: string = process.cwd(),
  installs: Installs = new Map(),
): { readonly agents: readonly ResolvedAgent[]; readonly warnings: readonly Warning[] } {
  if (!Array.isArray(value)) {
    throw invalidOption(
      `agents must be an array (an empty one to judge the application alone), got ${showValue(value)}`,
    )
  }
  const places = placesFor(entry, cwd)
  const found = value.map((one: unknown, index) => resolveAgent(one, index, { places, entry, installs }))
  const agents = found.map(({ agent }) => agent)
  checkUnique(agents)
  checkRequires(agents)
  return { agents, warnings: found.flatMap(one => engineWarning(one, entry.nodeVersion)) }
}

function resolveAgent(
  value: unknown,
  index: number,
  { places, entry, installs }: { places: AgentPlaces; entry: ResolvedEntry; installs: Installs },
): FoundAgent {
  const found =
    typeof value === 'string'
      ? resolveStringAgent(`agents[${index}]`, value, places, installs)
      : resolveObjectAgent(`agents[${index}]`, value, places, entry, installs)
  if (found.agent.name === 'application') {
    throw invalidOption(`agents[${index}]: 'application' is the name of the program under test in the report`)
  }
  checkImportFlag(found.agent, entry.nodeVersion)
  return found
}

/** Where the agents of an entry are looked for. */
export function placesFor(
  entry: Pick<ResolvedEntry, 'file' | 'cwd' | 'isCommand'>,
  cwd: string,
): AgentPlaces {
  // A command may lie anywhere: it is run where the application is.
  const entryFolder = entry.isCommand ? entry.cwd : dirname(entry.file)
  return {
    // Node resolves from where a linked file really is.
    folders: unique([
      entry.isCommand ? realpathSync(entry.cwd) : dirname(realpathSync(entry.file)),
      ...[entryFolder, entry.cwd, cwd],
    ]),
    cwds: unique([cwd, entry.cwd, entryFolder]),
  }
}

function checkUnique(agents: readonly ResolvedAgent[]): void {
  for (const [index, { name }] of agents.entries()) {
    if (agents.findIndex(other => other.name === name) === index) continue
    throw agentError(
      'ERR_AGENT_DUPLICATE',
      name,
      'there are two of this name; a report could not tell them apart',
    )
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
