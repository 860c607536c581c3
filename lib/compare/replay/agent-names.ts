import { parseSpecifier } from '../../agents/parse-specifier.js'
import type { Agent } from '../../options/types.js'

/** The names that an agent answers to: its own, that of its package, that of its preset, each without a version. */
export function agentNames(agent: string | Agent): readonly string[] {
  const texts = typeof agent === 'string' ? [agent] : [agent.name, agent.package, agent.preset]
  return texts.flatMap(text => (typeof text === 'string' ? [text, baseName(text)] : []))
}

/** `newrelic` for `newrelic@13.20.0`. */
export function baseName(text: string): string {
  const parsed = parseSpecifier(text)
  return parsed.kind === 'versioned' ? parsed.name : text
}

export function nameOf(agent: string | Agent): string {
  return typeof agent === 'string' ? agent : agent.name
}
