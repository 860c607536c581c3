import { noteSets } from '../search/note-sets.js'
import { gatherEvidence } from '../search/evidence.js'
import type { Standing } from '../standing/standing.js'
import type { Interaction } from '../search/findings.js'
import { follow } from '../search/follow.js'
import type { Followed } from '../search/follow.js'
import type { Backend, Verdict } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import type { DecidedComponent } from '../decided.js'
import { APPLICATION, armAgents, subjectOf } from '../growth/arms.js'
import { apartWarnings } from './apart-warnings.js'
import type { ArmKey, Subject } from '../growth/arms.js'
import { componentOf, memberOf, withCompany } from './component.js'
import type { Condition } from '../growth/conditions.js'
import { firstBackend } from '../growth/conditions.js'
import { unknownGrowth } from '../growth/growth.js'
import { largestNeeds } from './largest-needs.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { ArmState, Decision } from '../types.js'
import { lifeWarnings } from './signs-of-life.js'
import { underLoadWarnings } from './under-load.js'
import { noiseWarnings, residentWarnings, setWarnings, trialWarnings } from './warnings.js'

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
