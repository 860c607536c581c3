/**
 * Holm's step-down procedure (S. Holm, Scandinavian Journal of Statistics 6, 1979): the level is divided by the
 * number of hypotheses that are not rejected yet, until a pass rejects no more. `rejects` is asked with that number.
 */
export function holm<T>(
  hypotheses: readonly T[],
  rejects: (hypothesis: T, remaining: number) => boolean,
): ReadonlySet<T> {
  const rejected = new Set<T>()
  for (;;) {
    const remaining = hypotheses.length - rejected.size
    const more = hypotheses.filter(hypothesis => !rejected.has(hypothesis) && rejects(hypothesis, remaining))
    if (more.length === 0) return rejected
    for (const hypothesis of more) rejected.add(hypothesis)
  }
}
