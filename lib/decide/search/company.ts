import { shownBy } from '../standing/standing.js'
import { armKey } from '../growth/arms.js'
import { amplified, interaction } from './interaction.js'
import { ask, known, without, type Steps } from './findings.js'
import type { Search } from './findings.js'
import { sumGrows } from './notes.js'
import { compared, isWithin, lookedAt, minus, scaleOf, sumOf } from './screen.js'
import type { Scale } from './screen.js'

type Names = readonly string[]

/**
 * What agents that have been judged alone do together: those that do not leak alone first, then all. Where all grow by no more than those
 * that leak alone, the others add nothing in their company, and need no launches of their own.
 */
export function* inCompany(set: Names, search: Search): Steps {
  const leaking = set.filter(name => shownBy(known([name], search)) === 'leak')
  const others = without(set, leaking)
  if (leaking.length > 0) yield [ask(set, 'shown', 'together', search)]
  if (leaking.length > 0 && addNothing(others, set, leaking, search)) {
    search.harmless.push(others)
    yield* compareWithSum(set, leaking, [], search)
    return
  }
  if (others.length > 1) {
    yield [ask(others, 'shown', leaking.length > 0 ? 'confirm' : 'together', search)]
    switch (shownBy(known(others, search))) {
      case 'leak':
        yield* explain(others, search)
        break
      case 'open':
        unsettled(others, search)
        break
      case 'clean':
        search.harmless.push(others)
        break
      case 'failed':
        // The warnings of its trials say why.
        break
    }
  }
  if (leaking.length > 0) yield* compareWithSum(set, leaking, others, search)
}

/** Whether it is shown that a set grows by no more, by any metric, than those of it that leak alone do together. */
function addNothing(others: Names, set: Names, leaking: Names, search: Search): boolean {
  const whole = known(set, search)
  const scale = jointScale(set, leaking, search)
  if (others.length < 2 || scale === null || shownBy(whole) !== 'leak') return false
  const parts = sumOf(
    leaking.map(name => lookedAt(known([name], search), scale)),
    scale,
  )
  const isOfScale = (metric: string): boolean => scale.metrics.some(other => other.metric === metric)
  return (
    isWithin(minus(lookedAt(whole, scale), parts), scale) &&
    whole.replay.metrics.every(({ metric, clean }) => clean || isOfScale(metric))
  )
}

/** Growth of a set of which no agent leaks alone: more than the sum of what they add, or just that. */
function* explain(set: Names, search: Search): Steps {
  const whole = known(set, search)
  const scale = scaleOf(whole, search.evidence)
  if (scale !== null) {
    const parts = sumOf(
      set.map(name => lookedAt(known([name], search), scale)),
      scale,
    )
    if (!compared(lookedAt(whole, scale), parts, scale).perhapsMore) {
      sumGrows(set, search)
      return
    }
  }
  yield* interaction(set, search)
}

/**
 * Whether agents of which some leak alone grow together by what they add alone, by more, or by less.
 * @param others those of the rest that may add something
 */
export function* compareWithSum(set: Names, leaking: Names, others: Names, search: Search): Steps {
  if (set.length < 2) return
  yield [ask(set, 'shown', 'together', search)]
  const whole = known(set, search)
  const scale = jointScale(set, leaking, search)
  if (shownBy(whole) === 'failed' || scale === null) return
  const parts = [
    ...leaking.map(name => known([name], search)),
    ...(others.length > 0 ? [known(others, search)] : []),
  ]
  if (parts.some(part => shownBy(part) === 'failed')) return
  const { more, less } = compared(
    lookedAt(whole, scale),
    sumOf(
      parts.map(part => lookedAt(part, scale)),
      scale,
    ),
    scale,
  )
  if (less) suppressed(set, leaking, search)
  if (more) yield* amplified(set, leaking, scale, search)
}

/** Metrics by which the set or one of its agents leaks; `null` when one of these ran out of memory. */
function jointScale(set: Names, leaking: Names, search: Search): Scale | null {
  const scales = leaking.map(name => scaleOf(known([name], search), search.evidence))
  const told = scales.filter(scale => scale !== null)
  const whole = scaleOf(known(set, search), search.evidence)
  const [first] = whole === null ? told : [whole]
  if (first === undefined || told.length < leaking.length) return null
  const metrics = [first, ...told].flatMap(scale => scale.metrics)
  return {
    ...first,
    metrics: metrics.filter(
      ({ metric }, index) => metrics.findIndex(other => other.metric === metric) === index,
    ),
  }
}

function suppressed(set: Names, leaking: Names, { findings }: Search): void {
  findings.warnings.push({
    code: 'LEAK_SUPPRESSED',
    because: { code: 'suppressed', leaking, others: without(set, leaking) },
    downgrades: false,
    agents: set,
  })
}

/** Notes that it is not known whether a set leaks. */
function unsettled(set: Names, { evidence, findings }: Search): void {
  const order = evidence.settings.agents.map(({ name }) => name)
  findings.unsettled.set(armKey(set, order), 'together')
}
