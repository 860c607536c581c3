import { readdir, readFile } from 'node:fs/promises'
import { realTime } from './real-time.js'

/** Environment variable that every process of a run inherits, so that those that left its process group are found. */
export const MARKER = 'ISOLATE_LEAK_TRIAL'

/**
 * Processes whose environment carries `marker`, or a marker below it: `run` finds those of `run.1` and of `run.10`,
 * `run.1` only its own (Linux; elsewhere none are found and the process group is all that is ended).
 */
export async function markedProcesses(marker: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const wanted = ['\0', '.'].map(end => Buffer.from(`${MARKER}=${marker}${end}`))
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(
    pids.map(async pid => {
      if (pid === process.pid) return false
      try {
        const environment = await readFile(`/proc/${String(pid)}/environ`)
        return wanted.some(entry => environment.includes(entry))
      } catch {
        // Ended meanwhile, or another user's: not ours either way.
        return false
      }
    }),
  )
  return pids.filter((_, index) => found[index])
}

/** Kills what {@link markedProcesses} finds, again until nothing is left (a process may be forking meanwhile). */
export async function killMarked(marker: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const pids = await markedProcesses(marker)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    await realTime.delay(20 * (attempt + 1))
  }
}
