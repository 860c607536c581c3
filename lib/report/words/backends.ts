import type { Backend, Verdict } from '../../types/index.js'

const DOES: Readonly<Record<Backend, string>> = {
  up: 'answers',
  down: 'refuses connections',
  slow: 'accepts and never answers',
  error: 'answers with errors',
  reset: 'answers and cuts connections',
}

/** What the collector does, with the name of the option: `accepts and never answers (slow)`. */
export function collectorDoes(backends: readonly Backend[]): string {
  return alternatives(backends.map(backend => `${DOES[backend]} (${backend})`))
}

/** `every condition of the collector (up and slow)` */
export function everyCondition(backends: readonly Backend[]): string {
  const last = backends.at(-1) ?? 'up'
  return `every condition of the collector (${backends.slice(0, -1).join(', ')} and ${last})`
}

/**
 * Under which conditions something leaks, is not settled, is clean, where they differ, for example `Only while the collector
 * accepts and never answers (slow); clean while it answers (up).`
 */
export function whereConditionsDiffer(
  conditions: readonly { readonly backend: Backend; readonly verdict: Verdict }[],
): string {
  const of = (verdict: Verdict): Backend[] =>
    conditions.filter(condition => condition.verdict === verdict).map(({ backend }) => backend)
  const [leaks, open, clean] = [of('leak'), of('inconclusive'), of('clean')]
  const parts = [
    ...(leaks.length > 0 ? [[open.length > 0 ? 'shown' : 'only', leaks] as const] : []),
    ...(open.length > 0 ? [['not settled', open] as const] : []),
    ...(clean.length > 0 ? [['clean', clean] as const] : []),
  ]
  const text = parts
    .map(([what, backends], index) => {
      const collector = index === 0 ? 'the collector' : 'it'
      return `${what} while ${collector} ${collectorDoes(backends)}`
    })
    .join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function alternatives(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1) ?? ''}`
}
