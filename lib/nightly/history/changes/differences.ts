import type { FinishedNight, Night } from '../night.js'
import type { Difference } from '../../../types/history.js'

/** What changed between two nights besides growth: versions first, then the configuration. Nothing is known of a failed one. */
export function differencesBetween(before: Night | undefined, after: Night | undefined): Difference[] {
  if (before?.outcome !== 'finished' || after?.outcome !== 'finished') return []
  return [
    ...compare('agent', agentVersions(before), agentVersions(after)),
    ...compare('application', applicationVersions(before), applicationVersions(after)),
    ...compare('runtime', runtimeVersions(before), runtimeVersions(after)),
    ...compare('configuration', settings(before), settings(after)),
  ]
}

type Values = ReadonlyMap<string, string | null>

function compare(kind: Difference['kind'], before: Values, after: Values): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(what => {
    const [from, to] = [before.get(what) ?? null, after.get(what) ?? null]
    return from === to ? [] : [{ what, kind, from, to }]
  })
}

function agentVersions({ versions }: FinishedNight): Values {
  return new Map(
    versions.agents.flatMap(({ name, package: packageName, version, tree }) => [
      [name, version === null ? 'no version' : packageVersion(name, packageName, version)] as const,
      ...(tree === null ? [] : [[`packages that ${name} needs`, `digest ${tree}`] as const]),
    ]),
  )
}

/** The package is named where the agent is not called by it. */
function packageVersion(name: string, packageName: string | null, version: string): string {
  return packageName === null || packageName === name ? version : `${packageName} ${version}`
}

function applicationVersions({ versions: { application } }: FinishedNight): Values {
  const { version, commit } = application
  return new Map([
    ['the application', version],
    ["the application's commit", commit === null ? null : commit.slice(0, 12)],
  ])
}

function runtimeVersions({ versions: { node, v8, os, isolateLeak } }: FinishedNight): Values {
  return new Map([
    ['Node', node],
    ['V8', v8],
    ['the operating system', os],
    ['isolate-leak', isolateLeak],
  ])
}

function settings({ configuration }: FinishedNight): Values {
  return new Map(
    Object.entries(configuration.values).map(([name, value]) => [
      name,
      value === null ? null : Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  )
}
