import { gatherEvidence } from '../search/evidence.js'
import type { Judged } from '../search/evidence.js'
import { follow } from '../search/follow.js'
import type { Followed } from '../search/follow.js'
import { describeSets } from '../search/describe-sets.js'
import { holm } from '../stats/holm.js'
import type { Component, TrialRecord, Verdict } from '../types.js'
import { APPLICATION, armAgents, subjectOf, subjectsOf } from './arms.js'
import type { ArmKey, Subject } from './arms.js'
import { componentOf, memberOf, withCompany } from './component.js'
import { culpritsOf, interactionOf } from './culprits.js'
import { unknownGrowth } from './growth.js'
import { replay } from './replay.js'
import { openBook } from './trial-book.js'
import type { ArmState, Decision, DecisionSettings, Need } from './types.js'
import { noiseWarnings, residentWarnings, setWarnings, trialWarnings } from './warnings.js'

/**
 * Hypotheses about sets of agents: that those which do not leak alone do not leak together, and that all together grow by no
 * more than their sum. Smaller sets are only accused once one of these is rejected, so they need no share of the
 * error rate (closed testing: R. Marcus, E. Peritz and K. R. Gabriel, Biometrika 63, 1976).
 */
const SET_HYPOTHESES = 2

/**
 * What the trials so far show, and what is still wanted. Pure: the same trials give the same decision, in whatever order
 * they are listed (their numbers order them).
 * @throws IsolateLeakError `ERR_HOST_FAILED` when a completed trial lacks a reading
 */
export function decide(trials: readonly TrialRecord[], settings: DecisionSettings): Decision {
  const book = openBook(trials, settings)
  const subjects = subjectsOf(settings)
  const sets = settings.together === true && settings.agents.length > 1 ? SET_HYPOTHESES : 0
  const accused = holm(
    subjects,
    (subject, remaining) => replay(subject, book, settings, remaining + sets).state === 'leak',
  )
  // An accused component was accused at the level of the pass in which it was, or a stricter one.
  const evidence = gatherEvidence(book, settings, Math.max(1, subjects.length + sets - accused.size))
  const followed = follow(evidence)
  const { findings, judgements } = followed
  const warnings = [
    ...trialWarnings(trials, [...followed.arms.keys()], book, settings),
    ...judgements.flatMap(judgement => residentWarnings(judgement, book, settings)),
    ...judgements.flatMap(judgement => noiseWarnings(judgement, settings)),
    ...setWarnings(followed, settings),
  ]
  // Many agents may be judged by one set.
  const made = new Map<Judged, Component>()
  const component = (subject: Subject, baseline = unknownGrowth('heap', settings)): Component => {
    const judged = evidence.judged(subject)
    const found = made.get(judged) ?? componentOf(judged.judgement, baseline, book, warnings, settings)
    made.set(judged, found)
    return found
  }

  const application = component(APPLICATION)
  const interactions = findings.interactions.map(found => ({
    ...found,
    component: component(found.subject, application.growth),
  }))
  const components = settings.agents.map(({ name }) => {
    const subject = findings.judgedBy.get(name) ?? subjectOf([name], settings)
    const judged = component(subject, application.growth)
    return subject.kind === 'agent' ? judged : memberOf(name, judged, evidence.judged(subject))
  })
  const all = [application, ...components].map(one => withCompany(one, interactions))
  const culprits = [...culpritsOf(all), ...interactions.flatMap(interactionOf)]
  const open = findings.unsettled.size > 0 || (followed.wants.length > 0 && sets > 0)
  return {
    verdict: overall(
      [...all, ...interactions.map(found => found.component)].map(({ verdict }) => verdict),
      open,
    ),
    components: all,
    culprits,
    warnings,
    arms: [...followed.arms.keys()].map(arm => armState(arm, followed)),
    sets: describeSets(followed, evidence),
    done: followed.wants.length === 0,
  }
}

function overall(verdicts: readonly Verdict[], open: boolean): Verdict {
  if (verdicts.includes('leak')) return 'leak'
  return !open && verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

function armState(arm: ArmKey, { arms, wants, judgements }: Followed): ArmState {
  const wanted = wants.filter(want => want.arm === arm)
  const own = judgements.filter(({ replay: { subject } }) => subject.arm === arm)
  const undecided = own.find(({ status }) => status !== 'decided')
  return {
    agents: armAgents(arm),
    backend: 'up',
    why: wanted[0]?.why ?? arms.get(arm) ?? 'search',
    status: undecided?.status ?? (wanted.length > 0 ? 'open' : 'decided'),
    needs: largest(wanted.map(({ need }) => need)),
  }
}

/** For each purpose and size the largest number that is wanted. */
function largest(needs: readonly Need[]): readonly Need[] {
  const byKind = new Map<string, Need>()
  for (const need of needs) {
    const kind = `${need.purpose} ${String(need.operations)}`
    if ((byKind.get(kind)?.trials ?? 0) < need.trials) byKind.set(kind, need)
  }
  return [...byKind.values()]
}
