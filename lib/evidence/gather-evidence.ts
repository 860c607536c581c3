import { debugFor } from '../system/debug.js'
import { IsolateLeakError } from '../errors.js'
import { withoutSecrets } from '../report/redact/known-secrets.js'
import type { EvidenceLine } from '../report/journal-lines.js'
import { variantKey } from '../decide/growth/arms.js'
import type { Culprit, Evidence, PlannedTrial, TrialRecord, RunWarning } from '../types/index.js'
import { firstBackend } from '../decide/growth/conditions.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import { evidencePoints } from './evidence-points.js'
import { type Look, explain } from './explain.js'
import type { Subject } from './sentence.js'
import { realTime } from '../system/real-time.js'

const debug = debugFor('evidence')

export type EvidencePoints = readonly [number, number, number]

/** What gathering needs of its surroundings. */
export interface EvidenceTools {
  /**
   * Runs one trial and looks into it at three points.
   * @param part label of the thread or process, `null`: the main thread
   * @param holdMs how long readings of the variant wait for what is flushed at an interval, `null`: not known
   */
  look(
    planned: PlannedTrial,
    points: EvidencePoints,
    part: string | null,
    holdMs: number | null,
  ): Promise<Look>
  /** Whether two trials may run at a time. */
  readonly beside: () => boolean
  /** Files and folders of agents. */
  folders(agents: readonly string[]): readonly string[]
  about(culprit: Culprit): Subject
  readonly settings: DecisionSettings
  /** Texts that must not appear. */
  readonly secrets: readonly string[]
  /** When no further trial may begin, by `realTime.nowMs()`. */
  readonly deadlineMs: number
}

const NOT_COMPARED =
  'The budget of the run was spent before the trial without it: what grows anyway is told as well.'

/**
 * Finds out what holds the memory of each culprit: one extra trial of the smallest set that it leaked in, and one of the same
 * set without it.
 *
 * Evidence decides nothing. Where a trial fails, that is a warning, and the verdict stands.
 * @throws IsolateLeakError `ERR_ABORTED` when the caller's signal stops it
 */
export async function gatherEvidence(
  culprits: readonly Culprit[],
  trials: readonly TrialRecord[],
  tools: EvidenceTools,
): Promise<EvidenceLine[]> {
  const lines: EvidenceLine[] = []
  let id = trials.reduce((largest, trial) => Math.max(largest, trial.id), 0)
  for (const culprit of culprits) {
    const { kind, agents, metric, backend } = culprit
    const line = { type: 'evidence', culprit: { kind, agents, metric, backend } } as const
    try {
      if (realTime.nowMs() > tools.deadlineMs) throw new Error('the budget of the run was spent')
      const evidence = await evidenceOf(culprit, trials, tools, () => ++id)
      debug('%s', evidence.sentence)
      lines.push({ ...line, evidence, warnings: [] })
    } catch (error) {
      const why = reasonOf(error, tools)
      lines.push({ ...line, evidence: null, warnings: [unavailable(culprit, why)] })
    }
  }
  return lines
}

/** Trials that look while others are still planned have numbers of their own. */
const AHEAD = 10_000

/**
 * Looks at those that are accused while it is checked whether idle time releases what grew, so that nobody waits for it afterwards:
 * `tools.look` remembers. What fails is tried again when it is wanted.
 */
export async function lookAhead(
  suspects: readonly Culprit[],
  trials: readonly TrialRecord[],
  tools: EvidenceTools,
): Promise<void> {
  let id = AHEAD
  for (const suspect of suspects) {
    if (realTime.nowMs() > tools.deadlineMs) return
    const looks = looksAt(suspect, trials, tools, () => ++id)
    await Promise.allSettled([looks.subject(), ...(looks.counterpart === null ? [] : [looks.counterpart()])])
  }
}

async function evidenceOf(
  culprit: Culprit,
  trials: readonly TrialRecord[],
  tools: EvidenceTools,
  nextId: () => number,
): Promise<Evidence> {
  const { subject, counterpart } = looksAt(culprit, trials, tools, nextId)
  const own = subject()
  // Where only one may run at a time the other begins when this one has ended.
  const turn = tools.beside() ? Promise.resolve() : own
  const others = counterpart === null ? null : turn.then(async () => compared(counterpart, tools))
  const [seenOfIt, seenWithout] = await Promise.allSettled([own, others])
  if (seenOfIt.status === 'rejected') throw seenOfIt.reason
  if (seenWithout.status === 'rejected') throw seenWithout.reason
  const [other, note] = seenWithout.value ?? [null, null]
  const look = seenOfIt.value
  const seen = note === null ? look : { ...look, notes: [...look.notes, note] }
  return explain(culprit, seen, other, tools.folders(culprit.agents), tools.about(culprit))
}

/** The trial of the smallest set that a culprit leaked in, and that of the same set without it; `null`: there is none. */
interface Looks {
  readonly subject: () => Promise<Look>
  readonly counterpart: (() => Promise<Look>) | null
}

function looksAt(
  culprit: Culprit,
  trials: readonly TrialRecord[],
  tools: EvidenceTools,
  nextId: () => number,
): Looks {
  const points = evidencePoints(culprit, trials, tools.settings)
  const part = partOf(culprit, trials)
  const look = async (names: readonly string[]): Promise<Look> => {
    const trial: PlannedTrial = {
      ...{ id: nextId(), agents: names, purpose: 'evidence', operations: points[2] },
      backend: names.length === 0 ? firstBackend(tools.settings) : culprit.backend,
    }
    debug('trial %d looks at %o', trial.id, names)
    return tools.look(trial, points, part, holdOf(trial, trials))
  }
  const set = smallestSet(culprit, trials)
  const other = counterpartOf(set, culprit, tools.settings.agents)
  return { subject: async () => look(set), counterpart: other === null ? null : async () => look(other) }
}

/** What was seen of the counterpart, or why nothing was: the culprit's own trial tells most. */
async function compared(
  look: () => Promise<Look>,
  tools: EvidenceTools,
): Promise<readonly [Look, null] | readonly [null, string]> {
  if (realTime.nowMs() > tools.deadlineMs) return [null, NOT_COMPARED]
  try {
    return [await look(), null]
  } catch (error) {
    const why = reasonOf(error, tools)
    return [null, `There is no trial without it, so that what grows anyway is told as well: ${why}.`]
  }
}

/** @throws the error itself where the caller's signal stopped the run */
function reasonOf(error: unknown, { secrets }: EvidenceTools): string {
  if (error instanceof IsolateLeakError && error.code === 'ERR_ABORTED') throw error
  debug('evidence: %O', error)
  return withoutSecrets(error instanceof Error ? error.message : String(error), secrets)
}

/** What the trials of the variant waited for; `null` where there were none. */
function holdOf(planned: PlannedTrial, trials: readonly TrialRecord[]): number | null {
  const own = trials.filter(trial => variantKey(trial) === variantKey(planned))
  return own.length === 0 ? null : Math.max(...own.map(({ holdMs }) => holdMs))
}

function unavailable({ agents }: Culprit, why: string): RunWarning {
  const who = agents.length === 0 ? 'the application' : agents.join(' and ')
  return {
    code: 'EVIDENCE_UNAVAILABLE',
    message: `What holds the memory of ${who} was not found out: ${why}`,
    downgrades: false,
    agents,
  }
}

/**
 * The thread or process that snapshots are taken of, as the label of a part; `null`: the main thread. Where several of a kind
 * grow it is the one that grew most; where ever more of them pile up, what holds them is on the main thread.
 */
export function partOf({ where, metric }: Culprit, trials: readonly TrialRecord[]): string | null {
  if (where === undefined || where.includes('more and more')) return null
  const growth = new Map<string, number>()
  for (const { samples } of trials) {
    const grid = samples.filter(({ kind, parts }) => kind === 'grid' && parts !== undefined)
    const [first, last] = [grid.at(Math.floor(grid.length / 2)), grid.at(-1)]
    for (const { label, values } of last?.parts ?? []) {
      const before = first?.parts?.find(part => part.label === label)?.values[metric] ?? 0
      growth.set(label, (growth.get(label) ?? 0) + (values[metric] ?? 0) - before)
    }
  }
  const named = [...growth].filter(([label]) => label !== 'main thread' && isNamed(label, where))
  const [most] = named.sort(([, a], [, b]) => b - a)
  return most === undefined ? null : most[0]
}

/** `the 3 worker threads pool.js` names `worker thread pool.js #2`. */
function isNamed(label: string, where: string): boolean {
  const singular = where
    .replace(/^the (?:\d+ )?/, '')
    .replace(/^(worker thread|child process)(?:s|es) /, '$1 ')
  return label === singular || label.replace(/ #\d+$/, '') === singular
}

/** The agents of the smallest set that the culprit was measured in; of the application none. */
export function smallestSet(
  { agents, backend }: Pick<Culprit, 'agents' | 'backend'>,
  trials: readonly TrialRecord[],
): readonly string[] {
  if (agents.length === 0) return []
  const sets = trials
    .filter(trial => trial.backend === backend && agents.every(name => trial.agents.includes(name)))
    .map(trial => trial.agents)
  return sets.reduce((smallest, set) => (set.length < smallest.length ? set : smallest), sets[0] ?? agents)
}

/** The same set without the culprit, and without those that cannot do without it; `null` for the application. */
export function counterpartOf(
  set: readonly string[],
  { agents }: Pick<Culprit, 'agents'>,
  known: DecisionSettings['agents'],
): readonly string[] | null {
  if (agents.length === 0) return null
  let rest = set.filter(name => !agents.includes(name))
  for (;;) {
    const kept = rest.filter(name =>
      (known.find(agent => agent.name === name)?.requires ?? []).every(needed => rest.includes(needed)),
    )
    if (kept.length === rest.length) return rest
    rest = kept
  }
}
