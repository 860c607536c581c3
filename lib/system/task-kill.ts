import { execFile } from 'node:child_process'
import { debugFor } from './debug.js'
import { send } from './send-signal.js'

const debug = debugFor('trial')

/** How `taskkill` is called. */
export interface TaskKill {
  readonly command?: string
  readonly withinMs?: number
}

/**
 * Ends a process and those below it on Windows, which knows no signals and no groups, and waits until it is done. Where `taskkill` is
 * missing, fails or takes longer than `withinMs`, the process itself is ended without those below it.
 */
export async function taskKill(
  pid: number,
  { command = 'taskkill', withinMs = 10_000 }: TaskKill = {},
): Promise<void> {
  await new Promise<void>(resolve => {
    const options = { timeout: withinMs, killSignal: 'SIGKILL', windowsHide: true } as const
    execFile(command, ['/pid', String(pid), '/T', '/F'], options, (error, _stdout, stderr) => {
      if (error !== null) {
        debug('%s of process %d failed: %o %s', command, pid, error, stderr)
        send(pid, 'SIGKILL')
      }
      resolve()
    })
  })
}
