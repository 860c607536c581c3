import type { CliContext } from './context.js'

const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof STATUS

/** Signals that ask the command to stop. */
export interface Signals {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal
  /** Exit status of the first of them, `null` while there was none. */
  status(): number | null
  close(): void
}

/**
 * Turns the first signal into an abort, so that the run cleans up; a second one ends the command at once (what it
 * started notices that it is gone, and ends too).
 */
export function onSignals(
  context: Pick<CliContext, 'signals' | 'exit'>,
  onFirst: (name: string) => void,
): Signals {
  const controller = new AbortController()
  let first: StopSignal | null = null
  const listeners = (Object.keys(STATUS) as StopSignal[]).map(name => {
    const listener = (): void => {
      if (first !== null) {
        context.exit(STATUS[first])
        return
      }
      first = name
      onFirst(name)
      controller.abort()
    }
    context.signals.on(name, listener)
    return { name, listener }
  })
  return {
    signal: controller.signal,
    status: () => (first === null ? null : STATUS[first]),
    close: () => {
      for (const { name, listener } of listeners) context.signals.off(name, listener)
    },
  }
}
