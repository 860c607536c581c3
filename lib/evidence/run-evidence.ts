import type { EvidenceLine, RunLine } from '../report/journal-lines.js'
import type { ResolvedOptions } from '../options/resolved.js'
import { realTime } from '../system/real-time.js'
import { isEvidenceOf } from '../report/report-data.js'
import { culpritInWords } from '../report/words/in-words.js'
import type { TrialRunner } from '../trial/trial-runner.js'
import type { Culprit, PlannedTrial, RunEnvironment, TrialRecord } from '../types/index.js'
import { suspects } from '../decide/judge-run.js'
import { type EvidenceTools, gatherEvidence, lookAhead } from './gather-evidence.js'
import { launchSpecFor, launchedAgents } from '../trial/launch-spec.js'
import { decisionSettings } from '../options/decision-settings.js'
import { withoutSecrets, cleanTrial } from '../report/redact/known-secrets.js'
import { captureEvidence } from '../trial/capture-evidence.js'
import { variantKey } from '../decide/growth/arms.js'
import type { Look } from './explain.js'
import { lookOf } from './look-of.js'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../errors.js'
import { makeFolder } from '../system/file-exists.js'
import type { EvidenceSpec } from '../trial/types.js'

/** The run that evidence belongs to. */
interface Surroundings {
  readonly run: RunLine
  readonly journal: { evidence(line: EvidenceLine): Promise<void> }
  /** What was gathered before. */
  readonly evidence: readonly EvidenceLine[]
  /** Since the run began, ms. */
  readonly elapsedMs: () => number
  readonly secrets: readonly string[]
  readonly environment: RunEnvironment
  readonly runner: TrialRunner
}

/** What holds the memory of the culprits, where that was asked for and is not known yet. */
export interface RunEvidence {
  /** Begins to look at those that are accused by the trials so far, where that does not get into the way of others. */
  lookAhead(trials: readonly TrialRecord[]): void
  of(culprits: readonly Culprit[], trials: readonly TrialRecord[]): Promise<readonly EvidenceLine[]>
  /** Resolves when nothing is looked at any more; `over` makes that soon. */
  ended(): Promise<unknown>
}

/** @param over aborted when the run is over, whatever is still being looked at */
export function openEvidence(
  resolved: ResolvedOptions,
  over: AbortSignal,
  around: Surroundings,
): RunEvidence {
  const { run, secrets, environment, runner } = around
  const { signal } = resolved
  const options = { ...resolved, signal: signal === null ? over : AbortSignal.any([signal, over]) }
  const leftMs = options.budgetMs === null ? Infinity : options.budgetMs - around.elapsedMs()
  const tools = evidenceTools(options, {
    ...{ secrets, node: environment.node, deadlineMs: realTime.nowMs() + leftMs },
    beside: () => runner.concurrency() > 1,
  })
  const missing = (culprits: readonly Culprit[]): readonly Culprit[] =>
    culprits.filter(culprit => !around.evidence.some(line => isEvidenceOf(line, culprit)))
  const ahead: Promise<void>[] = []
  return {
    lookAhead(trials) {
      // Snapshots that are kept are of culprits only.
      if (options.evidence !== 'summary' || !tools.beside()) return
      ahead.push(lookAhead(missing(suspects(trials, run).map(culpritInWords)), trials, tools))
    },
    async of(culprits, trials) {
      if (options.evidence === 'none') return around.evidence
      const lines = await gatherEvidence(missing(culprits), trials, tools)
      for (const line of lines) {
        await around.journal.evidence(line)
        for (const warning of line.warnings) options.onEvent({ type: 'warning', warning })
      }
      return [...around.evidence, ...lines]
    },
    ended: async () => Promise.all(ahead),
  }
}

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

const PRIVATE = 0o700

/**
 * Where the snapshots of a trial are kept: in a folder of its own in `outDir`, that only this user can enter. Hashes of all snapshots
 * of a run have one key, which nobody keeps.
 */
export function keptSnapshots({
  evidence,
  outDir,
}: Pick<ResolvedOptions, 'evidence' | 'outDir'>): (planned: PlannedTrial) => Promise<EvidenceSpec['keep']> {
  const key = randomBytes(32).toString('hex')
  return async ({ id, agents }) => {
    if (!evidence.endsWith('snapshots') || outDir === null) return null
    const who = agents.length === 0 ? 'no-agents' : agents.join('+').replaceAll(/[^\w.@+-]/g, '_')
    const folder = await newFolder(join(outDir, 'evidence'), `${String(id)}-${who}`)
    return { folder, key: evidence === 'raw-snapshots' ? null : key }
  }
}

/** What earlier runs left stays: the folder gets a number where its name is taken. */
async function newFolder(parent: string, name: string): Promise<string> {
  try {
    await makeFolder(parent, PRIVATE)
    for (let number = 1; ; number++) {
      const folder = join(parent, number === 1 ? name : `${name}-${String(number)}`)
      try {
        await mkdir(folder, { mode: PRIVATE })
        return folder
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  } catch (cause) {
    const { message } = cause as Error
    const expected = `expected to keep snapshots in a new folder in ${parent}`
    throw new IsolateLeakError('ERR_OUTPUT', `${expected}, got: ${message}`, { cause })
  }
}
