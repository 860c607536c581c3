import { types } from 'node:util'
import { type AgentPlaces, findFile } from '../../agents/preload.js'
import { isPlainObject } from '../../options/check/check-object.js'
import { isUrl, toPath } from '../../options/check/to-path.js'
import { parseSpec } from '../../agents/packages/parse-spec.js'
import { redactText } from '../../options/redact/redact-text.js'
import type { GivenAgent } from '../../types/index.js'
import { variablesAsGiven } from '../../options/variables-as-given.js'

/**
 * Agents as they were given, so that a report can tell how to run them again: paths made absolute, names of variables
 * without values. Only after they were found to be right.
 *
 * @param cwd working directory of the caller
 */
export function agentsAsGiven(agents: readonly unknown[], places: AgentPlaces, cwd: string): GivenAgent[] {
  return agents.map(agent =>
    typeof agent === 'string' ? givenText(agent, places) : givenObject(agent, places, cwd),
  )
}

function givenText(text: string, places: AgentPlaces): GivenAgent {
  return findFile(text, places) === undefined ? { name: text, text } : { name: text }
}

function givenObject(agent: unknown, places: AgentPlaces, cwd: string): GivenAgent {
  const given = isPlainObject(agent) ? agent : {}
  const { name, preset, env } = given
  const [require, imports] = [specifiers(given.require, places), specifiers(given.import, places)]
  return {
    name: String(name),
    ...(typeof given.package === 'string' ? { package: specText(given.package, cwd) } : {}),
    ...(preset === null || typeof preset === 'string' ? { preset } : {}),
    ...(require.length === 0 ? {} : { require }),
    ...(imports.length === 0 ? {} : { import: imports }),
    ...(env === undefined ? {} : { variables: variablesAsGiven(env) }),
    ...(isPlainObject(given.sidecar) ? { sidecar: givenSidecar(given.sidecar, cwd) } : {}),
  }
}

/** A folder or a tarball is found from elsewhere as well. */
function specText(text: string, cwd: string): string {
  const spec = parseSpec(text, cwd)
  return spec.kind === 'folder-or-tarball' ? spec.source : spec.text
}

function specifiers(value: unknown, places: AgentPlaces): string[] {
  const all: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return all
    .map(one => (isUrl(one) ? one.href : String(one)))
    .map(one => redactText(one.startsWith('data:') ? one : (findFile(one, places) ?? one)))
}

function givenSidecar(
  given: Readonly<Record<string, unknown>>,
  cwd: string,
): NonNullable<GivenAgent['sidecar']> {
  const { ready } = given
  return {
    ...(given.cwd === undefined ? {} : { cwd: toPath('cwd', given.cwd, cwd) }),
    variables: variablesAsGiven(given.env),
    ready: types.isRegExp(ready)
      ? { pattern: ready.source, flags: ready.flags.replaceAll(/[gy]/g, '') }
      : isPlainObject(ready)
        ? { port: Number(ready.port), host: typeof ready.host === 'string' ? ready.host : '127.0.0.1' }
        : 'spawned',
  }
}
