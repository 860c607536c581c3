/** Lets only so many trials load the machine at the same time; those that settle, watch or wait do not count. */
export interface Turns {
  /** Resolves when it is the trial's turn; at once when it has the turn already. */
  take(trial: number): Promise<void>
  /** Gives the turn back, also one that is still waited for. */
  give(trial: number): void
}

/**
 * Turns for `limit` trials at a time, by their numbers: one that is over early has been idle for long when idle time is asked for, and the
 * others load the machine while it settles.
 */
export function openTurns(limit: number): Turns {
  const taken = new Set<number>()
  const waiting = new Map<number, (() => void)[]>()

  const next = (): void => {
    for (const [trial, resolves] of [...waiting].sort(([a], [b]) => a - b)) {
      if (taken.size >= limit) return
      waiting.delete(trial)
      taken.add(trial)
      for (const resolve of resolves) resolve()
    }
  }
  return {
    async take(trial) {
      if (taken.has(trial)) return
      await new Promise<void>(resolve => {
        waiting.set(trial, [...(waiting.get(trial) ?? []), resolve])
        next()
      })
    },
    give(trial) {
      taken.delete(trial)
      for (const resolve of waiting.get(trial) ?? []) resolve()
      waiting.delete(trial)
      next()
    },
  }
}
