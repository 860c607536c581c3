import { noteSets } from '../search/note-sets.js'
import type { Standing } from '../standing/standing.js'
import { type Interaction, gatherEvidence } from '../search/findings.js'
import { type Followed, follow } from '../search/follow.js'
import type { Backend, TrialRecord, Verdict } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import { APPLICATION, type ArmKey, type Subject, armAgents, subjectOf } from '../growth/arms.js'
import { componentOf, memberOf, withCompany } from './component.js'
import { type Condition, firstBackend } from '../growth/conditions.js'
import { largestNeeds } from './deciding-condition.js'
import { BYTE_METRICS, type DecisionSettings } from '../../types/decision-settings.js'
import type { ArmState, Decision, DecidedComponent } from '../types.js'
import { lifeWarnings } from './signs-of-life.js'
import { noiseWarnings, residentWarnings, setWarnings, trialWarnings } from './warnings.js'
import { thresholdOf, growthUnit, unknownGrowth } from '../growth/thresholds.js'
import type { TrialBook } from '../growth/trial-book.js'
import { gridSample, persistent } from '../growth/trial-growth.js'
import { CONTRADICTS, excessOf } from '../rule/byte-rule.js'

/** Agents that leak only together, as they are reported. */
export type FoundInteraction = Interaction & { readonly component: DecidedComponent }

/** What the trials of one condition show. */
export interface ConditionDecision {
  readonly backend: Backend
  readonly verdict: Verdict
  /** The application first, then the agents in the order of the call. */
  readonly components: readonly DecidedComponent[]
  readonly interactions: readonly FoundInteraction[]
  readonly warnings: readonly DecidedWarning[]
  readonly arms: readonly ArmState[]
  readonly sets: Decision['sets']
  /** Whether it is not known of some sets of agents whether they leak. */
  readonly open: boolean
  readonly done: boolean
}

/**
 * Decides on the trials of one condition of the agents' collector.
 * @param remaining hypotheses of the whole report that are not rejected yet (Holm)
 * @param sets whether hypotheses about sets of agents are among them
 */
export function decideCondition(
  { backend, trials, book }: Condition,
  settings: DecisionSettings,
  remaining: number,
  sets: boolean,
): ConditionDecision {
  const evidence = gatherEvidence(book, settings, remaining)
  const followed = follow(evidence)
  const { findings, standings } = followed
  const warnings = [
    ...trialWarnings(trials, [...followed.arms.keys()], book, settings),
    ...lifeWarnings([...followed.arms.keys()], book, settings),
    ...standings.flatMap(standing => residentWarnings(standing, book, settings)),
    ...standings.flatMap(standing => apartWarnings(standing, book, settings)),
    ...standings.flatMap(standing => underLoadWarnings(standing, book, settings)),
    ...standings.flatMap(standing => noiseWarnings(standing, settings)),
    ...setWarnings(followed, settings),
  ]
  // Many agents may be judged by one set.
  const made = new Map<Standing, DecidedComponent>()
  const component = (subject: Subject, baseline = unknownGrowth('heap', settings)): DecidedComponent => {
    const standing = evidence.standing(subject)
    const found = made.get(standing) ?? componentOf(standing, baseline, book, warnings, settings)
    made.set(standing, found)
    return found
  }

  const application = component(APPLICATION)
  const interactions = findings.interactions.map(found => ({
    ...found,
    component: component(found.subject, application.growth),
  }))
  const agents = settings.agents.map(({ name }) => {
    const subject = findings.judgedBy.get(name) ?? subjectOf([name], settings)
    const judged = component(subject, application.growth)
    return subject.kind === 'agent' ? judged : memberOf(name, judged, evidence.standing(subject))
  })
  const components = [application, ...agents].map(one => withCompany(one, interactions))
  const open = findings.unsettled.size > 0 || (followed.wants.length > 0 && sets)
  return {
    backend,
    verdict: overall(
      [...components, ...interactions.map(found => found.component)].map(({ verdict }) => verdict),
      open,
    ),
    components,
    interactions,
    warnings,
    arms: [...followed.arms.keys()].map(arm => armState(arm, backend, followed, settings)),
    sets: noteSets(followed, evidence),
    open,
    done: followed.wants.length === 0,
  }
}

function overall(verdicts: readonly Verdict[], open: boolean): Verdict {
  if (verdicts.includes('leak')) return 'leak'
  return !open && verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

function armState(
  arm: ArmKey,
  backend: Backend,
  { arms, wants, standings }: Followed,
  settings: DecisionSettings,
): ArmState {
  const wanted = wants.filter(want => want.arm === arm)
  const own = standings.filter(({ replay: { subject } }) => subject.arm === arm)
  const undecided = own.find(({ kind }) => kind === 'open' || kind === 'accused')
  const agents = armAgents(arm)
  return {
    agents,
    backend: agents.length === 0 ? firstBackend(settings) : backend,
    why: wanted[0]?.why ?? arms.get(arm) ?? 'search',
    status: undecided === undefined ? (wanted.length > 0 ? 'open' : 'decided') : statusOf(undecided),
    needs: largestNeeds(wanted.map(({ need }) => need)),
  }
}

function statusOf(standing: Standing): ArmState['status'] {
  if (standing.kind === 'open') return standing.pending === 'few' ? 'open' : standing.pending
  return standing.kind === 'accused' ? 'accusable' : 'decided'
}

/**
 * Completed trials that grow throughout by a multiple of the threshold, while others as long do not grow: also those that no look came
 * to, or that count for little. One whose application went on is spoken for by the longer trial.
 */
function apartWarnings(
  { replay: { subject, metrics } }: Standing,
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const { arm, reference } = subject
  const all = book
    .all(arm)
    .filter(({ outcome, purpose }) => outcome.kind === 'completed' && purpose === 'measure')
  const accused = metrics.filter(({ status }) => status === 'leak').map(({ metric }) => metric)
  return [...new Set(all.map(trial => trial.operations))].flatMap(operations => {
    const trials = book.completed(arm, 'measure', operations)
    const others = reference === null ? null : book.completed(reference, 'measure', operations)
    if (others?.length === 0) return []
    return BYTE_METRICS.filter(metric => !accused.includes(metric)).flatMap(metric => {
      const own = book.growth(trials, metric)
      const usual = others === null ? null : book.growth(others, metric)
      if (own === null || (others !== null && usual === null)) return []
      const threshold = thresholdOf(metric, settings, operations)
      const excess = excessOf(own, usual, persistent)
      const still = excess.filter(growth => growth <= threshold).length
      return trials.flatMap((trial, index): DecidedWarning[] => {
        const growth = excess[index] ?? 0
        const wentOn = all.some(({ continues }) => continues === trial.id)
        if (still === 0 || wentOn || growth <= CONTRADICTS * threshold) return []
        const unit = growthUnit(metric, settings.unit)
        return [
          {
            code: 'TRIAL_APART',
            because: { code: 'apart', arm, trial: trial.id, metric, growth, unit, still },
            downgrades: true,
            agents: armAgents(arm),
            trial: trial.id,
          },
        ]
      })
    })
  })
}

/** Fewest trials that must agree. */
const FEWEST = 2

/** Of what idle time releases, so much at least goes with connections where they are what kept it. */
const SHARE = 0.5

/**
 * Heap that is kept on connections while the load lasts, more the longer it lasts, and that goes when they close: readings at rest never see
 * it, and traffic that does not pause never releases it. What pools and buffers of connections take is the same after rounds of any length.
 */
function underLoadWarnings(
  { replay: { subject, operations, arm, reference } }: Standing,
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  if (settings.unit === 'second' || operations === 0) return []
  const threshold = thresholdOf('heap', settings, operations)
  const usual = Math.max(0, ...(reference ?? []).map(perOperation))
  const least = arm.length < FEWEST ? 0 : Math.min(...arm.map(perOperation)) - usual
  const idle = Math.max(0, ...book.completed(subject.arm, 'retention', operations).map(releasedWith))
  const growth = Math.max(least, idle)
  if (growth <= threshold) return []
  const own = [...arm, ...book.completed(subject.arm, 'retention', operations)]
  return [
    {
      code: 'GROWS_UNDER_LOAD',
      because: {
        ...{ code: 'under-load', arm: subject.arm, growth, unit: growthUnit('heap', settings.unit) },
        most: Math.max(
          ...own.flatMap(({ samples }) => samples).map(({ withConnections = 0 }) => withConnections),
        ),
      },
      downgrades: true,
      agents: armAgents(subject.arm),
    },
  ]
}

/** By how much more went after the last round, twice as long as the one before, for each operation that it had more. */
function perOperation(trial: TrialRecord): number {
  const [quarter, half, end] = [
    gridSample(trial, 'quarter'),
    gridSample(trial, 'half'),
    gridSample(trial, 'end'),
  ]
  const more = end.operations - half.operations - (half.operations - quarter.operations)
  return ((end.withConnections ?? 0) - (half.withConnections ?? 0)) / more
}

/** What idle time released for each operation, where most of it went with connections. */
function releasedWith(trial: TrialRecord): number {
  const retained = trial.samples.find(({ kind }) => kind === 'retained')
  const end = gridSample(trial, 'end')
  const released = (end.values.heap ?? 0) - (retained?.values.heap ?? NaN)
  const gone = retained?.withConnections ?? 0
  return released > 0 && gone >= SHARE * released ? gone / trial.operations : 0
}
