/** The clock that the limit of a trial goes by: it stands still while the trial waits for its turn. */
export interface WorkClock {
  /** Since it was opened, without the time in which it stood still. */
  workedMs(): number
  /** Lets it stand still until the promise is settled. */
  standStillFor<T>(waiting: Promise<T>): Promise<T>
  /** Resolves when it goes. */
  untilGoing(): Promise<void>
}

export function openWorkClock(): WorkClock {
  const openedAtMs = performance.now()
  let stoodMs = 0
  let stands: { readonly sinceMs: number; readonly over: Promise<unknown> } | null = null

  return {
    workedMs: () => (stands?.sinceMs ?? performance.now()) - openedAtMs - stoodMs,
    async standStillFor(waiting) {
      const sinceMs = performance.now()
      stands = { sinceMs, over: waiting }
      try {
        return await waiting
      } finally {
        stands = null
        stoodMs += performance.now() - sinceMs
      }
    },
    async untilGoing() {
      while (stands !== null) await stands.over.catch(() => undefined)
    },
  }
}
