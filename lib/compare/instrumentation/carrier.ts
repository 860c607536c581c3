import { startFile } from '../../agents/presets/apply-preset.js'
import type { Switches } from '../../types/preset.js'
import type { Carrier, ResolvedAgent } from '../../options/resolved.js'

/** The agent as what carries its instrumentations: on in every trial, with some of them switched off. */
export function carrierOf(agent: ResolvedAgent, switches: Switches): Carrier {
  const { version = '', root = '' } = agent.package ?? {}
  const start = switches.start?.(version)
  return {
    agent: {
      ...agent,
      require: [...(start === undefined ? [] : [startFile(start)]), ...agent.require],
      // Without its instrumentations it has nothing to report, which is as it should be.
      preset: agent.preset === null ? null : { ...agent.preset, proof: null },
    },
    off: names => {
      const off = Object.entries(switches.off(names, version))
      const filled = off.map(([name, value]) => [name, value.replaceAll('{agent}', root)] as const)
      return together(Object.fromEntries(filled), agent.env)
    },
  }
}

/** One of its instrumentations, as what is on or off. */
export function instrumentationAgent(name: string): ResolvedAgent {
  return {
    ...{ name, require: [], import: [], env: {}, preset: null, nodeArgs: [], command: [] },
    ...{ requires: [], package: null, tree: [], sidecar: null },
  }
}

/** What the caller switched off by the same list stays off. */
export function together(
  off: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(off).map(([name, value]) => {
      const before = own[name] ?? ''
      const isList = before !== '' && !/^(?:true|false|0|1)$/.test(value)
      return [name, isList ? [before, value].filter(Boolean).join(',') : value]
    }),
  )
}
