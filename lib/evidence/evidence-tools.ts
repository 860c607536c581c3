import { launchedAgents } from '../trial/launch/launched-agents.js'
import { launchSpecFor } from '../trial/launch/launch-spec.js'
import { decisionSettings } from '../options/decision-settings.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { cleanTrial } from '../report/redact/clean-trial.js'
import { withoutSecrets } from '../report/redact/known-secrets.js'
import { captureEvidence } from '../trial/capture-evidence.js'
import { variantKey } from '../decide/growth/variant-key.js'
import type { EvidenceTools } from './gather-evidence.js'
import type { Look } from './explain.js'
import { keptSnapshots } from './kept-snapshots.js'
import { lookOf } from './look-of.js'

interface Run {
  /** Texts that must not appear. */
  readonly secrets: readonly string[]
  /** When no further trial may begin, by `realTime.nowMs()`. */
  readonly deadlineMs: number
  /** Version of the Node that ran the application. */
  readonly node: string
  /** Whether two trials may run at a time. */
  readonly beside: () => boolean
}

/** What gathering evidence uses in a run. */
export function evidenceTools(
  options: ResolvedOptions,
  { secrets, deadlineMs, node, beside }: Run,
): EvidenceTools {
  const { agents, evidenceHeapLimitBytes: heapLimitBytes } = options
  const keep = keptSnapshots(options)
  return {
    look: remembered(async (planned, points, part, holdMs) => {
      const spec = { points, heapLimitBytes, part, keep: await keep(planned) }
      const { captured, record } = await captureEvidence(options, planned, spec, holdMs)
      options.onEvent({ type: 'trial-end', trial: planned, record: cleanTrial(record, secrets) })
      return cleanLook(lookOf(captured), secrets)
    }),
    beside,
    folders: names => launchSpecFor(options.entry, launchedAgents(options, names), {}).agentPaths,
    about: culprit => ({
      name:
        culprit.kind === 'application'
          ? 'the application'
          : culprit.agents.map(name => withVersion(name, agents)).join(' and '),
      node,
      workload: withoutSecrets(options.workload.description, secrets),
    }),
    settings: decisionSettings(options),
    ...{ secrets, deadlineMs },
  }
}

/** Looks at each variant once, at a part of it once; what fails is not remembered. */
function remembered(look: EvidenceTools['look']): EvidenceTools['look'] {
  const known = new Map<string, Promise<Look>>()
  return async (planned, points, part, holdMs) => {
    const key = JSON.stringify([variantKey(planned), part])
    const found = known.get(key) ?? look(planned, points, part, holdMs)
    known.set(key, found)
    found.catch(() => known.delete(key))
    return found
  }
}

function withVersion(name: string, agents: ResolvedOptions['agents']): string {
  const version = agents.find(agent => agent.name === name)?.package?.version
  return version === undefined || name.includes(version) ? name : `${name} ${version}`
}

/** Names may hold a secret that the caller knows of, however much they look like names. */
function cleanLook(look: Look, secrets: readonly string[]): Look {
  return JSON.parse(JSON.stringify(look), (_, value: unknown) =>
    typeof value === 'string' ? withoutSecrets(value, secrets) : value,
  ) as Look
}
