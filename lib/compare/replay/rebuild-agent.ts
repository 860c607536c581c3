import { parseSpecifier } from '../../agents/parse-specifier.js'
import type { Agent } from '../../options/types.js'
import { parseSpec } from '../../agents/packages/parse-spec.js'
import type { GivenAgent, ReportedAgent } from '../../types/index.js'
import type { Missing } from './missing.js'

/** An agent of a report, as it was given, in the version that the report names where the library installed it. */
export function rebuildAgent(reported: ReportedAgent, given: GivenAgent, missing: Missing): string | Agent {
  const { name } = reported
  const owner = `agent ${name}`
  if (given.text !== undefined) {
    const isVersioned = parseSpecifier(given.text).kind === 'versioned'
    const exact = isVersioned ? exactPackage(given.text, reported) : null
    return exact === null ? given.text : { name, package: exact }
  }
  const env = missing.variables(owner, given.variables)
  const nodeArgs = missing.texts(`arguments for Node of ${owner}`, reported.nodeArgs)
  const command = missing.texts(`the command of ${owner}`, reported.command)
  return {
    name,
    ...attachment(reported, given, missing),
    ...(given.preset === undefined ? {} : { preset: given.preset }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(nodeArgs.length === 0 ? {} : { nodeArgs }),
    ...(command.length === 0 ? {} : { command }),
    ...(reported.requires.length === 0 ? {} : { requires: reported.requires }),
    ...sidecarOf(reported, given, missing),
  }
}

/** What is preloaded. A file that was given as text is known by where it was found. */
function attachment(
  reported: ReportedAgent,
  given: GivenAgent,
  missing: Missing,
): Pick<Agent, 'package' | 'require' | 'import'> {
  const owner = `agent ${reported.name}`
  const byItself = given.package === undefined && given.preset === undefined
  const files = byItself && given.require === undefined && given.import === undefined ? reported : given
  const [require = [], imports = []] = [files.require, files.import]
  missing.texts(`what ${owner} preloads`, [...require, ...imports])
  const spec = given.package
  if (spec !== undefined) missing.texts(`the package of ${owner}`, [spec])
  return {
    ...(spec === undefined ? {} : { package: exactPackage(spec, reported) ?? spec }),
    ...(require.length === 0 ? {} : { require }),
    ...(imports.length === 0 ? {} : { import: imports }),
  }
}

/** `newrelic@7.4.0` for `newrelic@^7`, of which that version was installed; `null` for what is in no registry. */
export function exactPackage(text: string, { version }: Pick<ReportedAgent, 'version'>): string | null {
  const spec = parseSpec(text, '/')
  return 'name' in spec && version !== null ? `${spec.name}@${version}` : null
}

function sidecarOf(
  { name, sidecar: command }: ReportedAgent,
  { sidecar }: GivenAgent,
  missing: Missing,
): Pick<Agent, 'sidecar'> {
  if (sidecar === undefined || command === undefined) return {}
  const { cwd, ready, variables } = sidecar
  return {
    sidecar: {
      command: missing.texts(`the sidecar of agent ${name}`, command),
      env: missing.variables(`sidecar of agent ${name}`, variables),
      ...(cwd === undefined ? {} : { cwd }),
      ready: typeof ready === 'object' && 'pattern' in ready ? new RegExp(ready.pattern, ready.flags) : ready,
    },
  }
}
