import type { Application } from './launch-with-probe.js'
import { untimelyExit } from './limits.js'
import type { Progress } from './progress.js'
import { TrialEnded, TrialFailed } from './trial-stop.js'

/** How long an exit may lag behind the broken connection by which it is noticed first. */
const EXIT_LAG_MS = 500

/** The first of several promises, of which all but the first one only ever reject, and of the application's end. */
export async function firstToEnd(
  ways: readonly Promise<void>[],
  application: Application | undefined,
  progress: Progress,
): Promise<void> {
  const exits = application === undefined ? [] : [untimelyExit(application, progress)]
  // Those that lose the race may still reject when the trial is torn down.
  for (const way of [...ways, ...exits]) way.catch(() => undefined)
  try {
    await Promise.race([...ways, ...exits])
  } catch (error) {
    const explainsItself = error instanceof TrialEnded || isOfSidecar(error)
    if (!explainsItself && application !== undefined && (await exitsSoon(application)))
      await Promise.all(exits)
    throw error
  }
}

async function exitsSoon({ exited }: Application): Promise<boolean> {
  const lag = new Promise<false>(resolve => setTimeout(resolve, EXIT_LAG_MS, false))
  return Promise.race([exited.then(() => true), lag])
}

/** An application that fails because its sidecar is gone explains nothing. */
function isOfSidecar(error: unknown): boolean {
  return error instanceof TrialFailed && error.failure.kind.startsWith('sidecar-')
}
