import { killMarked } from './marked-processes.js'
import { platform } from './platform.js'
import { realTime } from './real-time.js'
import { settlesWithin } from './settles-within.js'

const TERMINATE_GRACE_MS = 1_000
/** How long a killed process may take to disappear, which a large one does. */
const EXIT_LIMIT_MS = 5_000
const EXIT_POLL_MS = 25

/**
 * Ends the process group that `pid` leads, SIGTERM first, SIGKILL after a second, then whatever left the group and
 * carries `marker`. Resolves when nothing is left, or five seconds after SIGKILL: what hangs in the system cannot be ended.
 * @param exited resolves when the process itself has ended
 */
export async function endGroup(pid: number, exited: Promise<unknown>, marker: string): Promise<void> {
  const deadline = realTime.nowMs() + TERMINATE_GRACE_MS
  let alive = await platform.signalGroup(pid, 'SIGTERM')
  while (alive && realTime.nowMs() < deadline) {
    await realTime.delay(EXIT_POLL_MS)
    alive = groupAlive(pid)
  }
  if (alive) await platform.signalGroup(pid, 'SIGKILL')
  await settlesWithin(exited, EXIT_LIMIT_MS)
  await killMarked(marker)
}

function groupAlive(pid: number): boolean {
  try {
    process.kill(platform.groups ? -pid : pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
