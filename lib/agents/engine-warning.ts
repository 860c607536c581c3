import semver from 'semver'
import type { Warning } from '../types/index.js'
import type { FoundAgent } from './found-agent.js'

/**
 * One warning for each package of an agent whose `engines` field excludes the application's Node. It is often
 * stricter than reality, so only a crash is an error.
 */
export function engineWarning({ agent, preloads }: FoundAgent, nodeVersion: string): Warning[] {
  const packages = new Map(preloads.flatMap(one => (one.package ? [[one.package.root, one.package]] : [])))
  return [...packages.values()].flatMap(({ name, version, engine }) => {
    const fits =
      engine === null ||
      semver.validRange(engine) === null ||
      semver.satisfies(nodeVersion, engine, { includePrerelease: true })
    if (fits) return []
    const message = `agent '${agent.name}': ${name} ${version} asks for Node ${engine}; the application runs on ${nodeVersion}`
    return [{ code: 'AGENT_ENGINE', message, downgrades: false, agents: [agent.name] }]
  })
}
