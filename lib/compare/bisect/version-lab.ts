import { installAgents } from '../../agents/install-agents.js'
import { placesFor, resolveAgents } from '../../agents/resolve-agents.js'
import { conduct } from '../../run/conduct.js'
import { decisionSettings } from '../../options/decision-settings.js'
import { IsolateLeakError, type ErrorCode } from '../../errors.js'
import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'
import type { AgentOptions } from '../../options/types.js'
import { knownSecrets, secretsOfRun, withoutSecrets, cleanTrial } from '../../report/redact/known-secrets.js'
import { mulberry32, shuffle } from '../../decide/stats/random.js'
import { nowhere } from '../../run/journal/journal.js'
import { trialRunner, type TrialRunner } from '../../trial/trial-runner.js'
import type { PlannedTrial, TrialRecord } from '../../types/index.js'
import { versionedAgent } from '../upgrade/versioned-agent.js'
import type { Told } from '../../report/words/in-words.js'
import type { BisectJournal } from './bisect-journal.js'

/** Errors of a version that say nothing of the others. */
const OF_THE_VERSION: readonly (ErrorCode | 'ERR_LEAK')[] = [
  'ERR_INSTALL',
  'ERR_PACKAGE_VERSION',
  'ERR_AGENT_PACKAGE_MISSING',
  'ERR_AGENT_NOT_FOUND',
  'ERR_AGENT_ENGINE',
]

/** What is planned beside trials of versions. */
export type WantedTrial = Omit<PlannedTrial, 'id'>

/** Installs versions of one agent and runs trials of them, as they are asked for. */
export interface VersionLab {
  /** Every finished trial, without secrets. */
  readonly records: readonly TrialRecord[]
  /** Versions that could not be installed, and why. */
  readonly refused: ReadonlyMap<string, string>
  /** Name of a version in the records. */
  nameOf(version: string): string
  /** Installs a version; `null` when it cannot be. */
  agentOf(version: string): Promise<ResolvedAgent | null>
  /** Runs `baseline` trials without agents and one trial of each version under each condition of the collector. */
  test(baseline: number, versions: readonly string[]): Promise<void>
  /**
   * Judges versions by the rule that judges agents, with the trials that exist and as many more as it wants.
   * @param others further versions that might have been judged instead
   */
  confirm(versions: readonly string[], others: number, budgetMs: number | null): Promise<Told>
  close(): Promise<void>
}

interface LabParts {
  readonly agent: string | AgentOptions
  /** Without agents. */
  readonly options: ResolvedOptions
  readonly journal: BisectJournal
  readonly records: readonly TrialRecord[]
  readonly refused: ReadonlyMap<string, string>
}

export function openVersionLab(parts: LabParts): VersionLab {
  const { agent, journal } = parts
  // The runner looks agents up when a trial begins.
  const agents: ResolvedAgent[] = []
  const options: ResolvedOptions = { ...parts.options, agents }
  const cwd = process.cwd()
  const records = [...parts.records]
  const refused = new Map(parts.refused)
  let keeps = false
  const runner = trialRunner(options, { recordFailures: true, keeps: () => keeps })

  const finish = async (record: TrialRecord): Promise<TrialRecord> => {
    const clean = cleanTrial(record, knownSecrets(options, process.env))
    records.push(clean)
    await journal.record(clean)
    return clean
  }
  const cleaned: TrialRunner = {
    ...runner,
    run: async (planned, finished) => runner.run(planned, async record => finished(await finish(record))),
  }
  const agentOf = async (version: string): Promise<ResolvedAgent | null> => {
    const wanted = versionedAgent(agent, version)
    const known = agents.find(({ name }) => name === wanted.name)
    if (known !== undefined) return known
    if (refused.has(version)) return null
    try {
      const { installs } = await installAgents([wanted], {
        ...{ places: placesFor(options.entry, cwd), cwd, signal: options.signal },
        onProgress: progress => {
          options.onEvent({ type: 'install', ...progress })
        },
      })
      const [found] = resolveAgents([wanted], options.entry, cwd, installs).agents
      if (found === undefined) throw new Error(`expected the agent ${wanted.name}`)
      agents.push(found)
      return found
    } catch (error) {
      if (!(error instanceof IsolateLeakError) || !OF_THE_VERSION.includes(error.code)) throw error
      const reason = withoutSecrets(error.message, secretsOfRun(options, process.env, agent))
      refused.set(version, reason)
      await journal.refuse(version, reason)
      return null
    }
  }
  const lastId = (): number => records.reduce((largest, { id }) => Math.max(largest, id), 0)
  const run = async (wanted: readonly WantedTrial[]): Promise<void> => {
    const first = lastId() + 1
    const random = mulberry32(options.seed + Math.imul(first, 0x9e3779b1))
    const planned = shuffle(wanted, random).map((trial, index) => ({ id: first + index, ...trial }))
    if (planned.length === 0) return
    options.onEvent({
      ...{ type: 'plan', trials: planned, expectedMs: null },
      sets: planned.map(({ agents: on, backend }) => ({ agents: on, backend, why: 'search' })),
      forecast: { clean: planned.length, oneLeak: null },
    })
    await runner.run(planned, async record => {
      const clean = await finish(record)
      for (const warning of clean.warnings) options.onEvent({ type: 'warning', warning })
      options.onEvent({
        type: 'trial-end',
        trial: planned.find(({ id }) => id === clean.id) ?? clean,
        record: clean,
      })
    })
  }

  return {
    records,
    refused,
    nameOf: version => versionedAgent(agent, version).name,
    agentOf,
    async test(baseline, versions) {
      const found: ResolvedAgent[] = []
      for (const version of versions) {
        const one = await agentOf(version)
        if (one !== null) found.push(one)
      }
      const { operations, backends } = options
      const settings = { purpose: 'measure', operations } as const
      const [backend = 'up'] = backends
      const wanted: WantedTrial[] = [
        ...Array.from({ length: baseline }, () => ({ ...settings, agents: [], backend })),
        ...found.flatMap(({ name }) => backends.map(one => ({ ...settings, agents: [name], backend: one }))),
      ]
      // What failed once is tried again by itself: another application may have been in its way.
      const failedBefore = (trial: WantedTrial): boolean =>
        records.some(
          ({ agents: on, outcome }) =>
            on[0] === trial.agents[0] && on.length > 0 && outcome.kind !== 'completed',
        )
      await run(wanted.filter(trial => !failedBefore(trial)))
      for (const trial of wanted.filter(failedBefore)) await run([trial])
    },
    async confirm(versions, others, budgetMs) {
      const judged: ResolvedAgent[] = []
      for (const version of versions) {
        const one = await agentOf(version)
        if (one !== null) judged.push(one)
      }
      const names = judged.map(({ name }) => name)
      const last = lastId()
      // Failures of other versions would make the plan cautious; the last number must stay known.
      const known = records.filter(
        ({ id, agents: on, outcome }) =>
          on.every(name => names.includes(name)) || outcome.kind === 'completed' || id === last,
      )
      const run: ResolvedOptions = { ...options, agents: judged, strategy: 'each', budgetMs }
      keeps = true
      try {
        const settings = { ...decisionSettings(run), together: false, others }
        const { decision } = await conduct(run, cleaned, nowhere, { settings, known })
        return decision
      } finally {
        keeps = false
      }
    },
    close: async () => runner.close(),
  }
}
