import { gridFor } from '../../lib/decide/growth/trial-growth.js'
import { nextTrials } from '../../lib/decide/next/next-launches.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import type {
  CollectorRecord,
  Metric,
  PlannedTrial,
  Sample,
  TrialOutcome,
  TrialRecord,
  RunWarning,
} from '../../lib/types/index.js'
import type { Captured } from '../../lib/trial/types.js'
import { variantKey } from '../../lib/decide/growth/arms.js'
import { decide } from '../../lib/decide/decide.js'
import { inWords, type Told } from '../../lib/report/words/in-words.js'
import type { Decision } from '../../lib/decide/types.js'

/** Value of a metric after so many operations. */
export type Curve = (operations: number) => number

/** How a simulated trial goes. What is left out is constant. */
export interface Behaviour {
  readonly curves: Partial<Record<Metric, Curve>>
  /** Values after the idle wait of a retention trial. Default: the curves go on as if nothing was released. */
  readonly retained?: Partial<Record<Metric, number>>
  /** Metrics that the platform does not tell. */
  readonly missing?: readonly Metric[]
  /** Spread of the readings that never settled, bytes; absent: all settled. */
  readonly spreadBytes?: (operations: number) => number
  readonly resources?: (operations: number) => Readonly<Record<string, number>>
  /** Default: they were not looked up. */
  readonly largeBuffers?: (operations: number) => NonNullable<Sample['largeBuffers']>
  /** What samples have besides. */
  readonly more?: (operations: number, kind: Sample['kind']) => Partial<Sample>
  readonly outcome?: TrialOutcome
  /** With a failure: readings after more operations than this are missing. */
  readonly reached?: number
  readonly warnings?: readonly RunWarning[]
  readonly msPerOperation?: number
  /** How long so many operations took, ms; absent: the trial does not tell. */
  readonly loadMs?: Curve
  /** How long readings waited for flushes, ms, and what was seen to be flushed, bytes. Default: nothing was. */
  readonly held?: Pick<TrialRecord, 'holdMs' | 'heldBytes'>
  /** Packages that were loaded, where the trial tells. */
  readonly packages?: readonly string[]
  /** What collectors of agents received. */
  readonly collectors?: readonly CollectorRecord[]
  /** What agents may have brought. Default: nobody looked. */
  readonly signs?: TrialRecord['signs']
  /** What small Buffers share. Default: not known. */
  readonly bufferPoolBytes?: number
  /** What an evidence trial finds. */
  readonly captured?: Captured
}

/** What a simulated application has before its first operation. */
export const START: Readonly<Record<Metric, number>> = {
  heap: 5_000_000,
  arrayBuffers: 20_000,
  external: 2_000_000,
  code: 600_000,
  rss: 60_000_000,
  handles: 3,
  listeners: 6,
  fds: 24,
  threads: 11,
  contexts: 1,
}

const METRICS = Object.keys(START) as Metric[]

/**
 * The record of a planned trial that goes as described.
 * @param before samples of the trial that it goes on with
 */
export function simulatedTrial(
  planned: PlannedTrial,
  behaviour: Behaviour,
  before: readonly Sample[] = [],
): TrialRecord {
  const { operations } = planned
  const outcome = behaviour.outcome ?? { kind: 'completed' }
  const sample = (kind: Sample['kind'], after: number): Sample => {
    const spreadBytes = behaviour.spreadBytes?.(after) ?? 0
    const value = (metric: Metric): number | null => {
      if (behaviour.missing?.includes(metric)) return null
      const kept = kind === 'retained' ? behaviour.retained?.[metric] : undefined
      return kept ?? START[metric] + (behaviour.curves[metric]?.(after) ?? 0)
    }
    return {
      operations: after,
      elapsedMs: 1000 + after * (behaviour.msPerOperation ?? 1),
      ...(behaviour.loadMs && { loadMs: behaviour.loadMs(after) }),
      kind,
      settled: spreadBytes === 0,
      spreadBytes,
      externalSpreadBytes: spreadBytes,
      readings: 3,
      values: Object.fromEntries(METRICS.map(metric => [metric, value(metric)])) as Sample['values'],
      resources: behaviour.resources?.(after) ?? {},
      ...(behaviour.largeBuffers && { largeBuffers: behaviour.largeBuffers(after) }),
      children: 0,
      workers: 0,
      ...behaviour.more?.(after, kind),
    }
  }
  const reached = outcome.kind === 'completed' ? Infinity : (behaviour.reached ?? 0)
  const samples = gridFor(operations)
    .filter(after => after <= reached)
    .map(after => before.find(one => one.operations === after) ?? sample('grid', after))
  if (planned.purpose === 'retention' && outcome.kind === 'completed') {
    samples.push(sample('retained', operations + Math.floor(operations / 8)))
  }
  return {
    ...planned,
    outcome,
    samples,
    counts: null,
    loadedAgents: [],
    ...(behaviour.collectors === undefined ? {} : { collectors: behaviour.collectors }),
    ...(behaviour.signs === undefined ? {} : { signs: behaviour.signs }),
    ...(behaviour.packages === undefined ? {} : { packages: behaviour.packages }),
    nodeVersion: '20.20.2',
    ...(behaviour.bufferPoolBytes === undefined ? {} : { bufferPoolBytes: behaviour.bufferPoolBytes }),
    heapLimitBytes: 2_000_000_000,
    holdMs: 0,
    ...behaviour.held,
    warnings: behaviour.warnings ?? [],
    timings: { readyMs: 500, loadMs: operations, settleMs: 6000, totalMs: operations + 7000 },
  }
}

/** A decision in words, as it is reported. */
export type ToldDecision = Told & Pick<Decision, 'arms' | 'done'>

/** What trials show, in words. */
export function decideInWords(...given: Parameters<typeof decide>): ToldDecision {
  return inWords(decide(...given))
}

/** Plays a whole run: decides and plans until nothing is wanted any more. Trials go on with those of their variant that are shorter. */
export function simulatedRun(
  settings: PlanSettings,
  behave: (planned: PlannedTrial) => Behaviour,
): { readonly decision: ToldDecision; readonly trials: readonly TrialRecord[] } {
  const trials: TrialRecord[] = []
  const waiting: { readonly record: TrialRecord; readonly behaviour: Behaviour }[] = []
  const perform = (planned: PlannedTrial): TrialRecord => {
    const at = waiting.findIndex(
      ({ record }) =>
        variantKey(record) === variantKey(planned) &&
        planned.purpose === 'measure' &&
        record.operations < planned.operations,
    )
    const [found] = at < 0 ? [] : waiting.splice(at, 1)
    const behaviour = found?.behaviour ?? behave(planned)
    const made = simulatedTrial(planned, behaviour, found?.record.samples)
    const record = found === undefined ? made : { ...made, continues: found.record.id }
    if (planned.purpose === 'measure' && record.outcome.kind === 'completed')
      waiting.push({ record, behaviour })
    return record
  }
  for (;;) {
    const decision = decide(trials, settings)
    const planned = nextTrials(decision, trials, settings)
    if (planned.length === 0) return { decision: inWords(decision), trials }
    if (trials.length > 2000) throw new Error('The plan never ends')
    for (const trial of planned) trials.push(perform(trial))
  }
}
