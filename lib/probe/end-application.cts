/**
 * Ends the application because its host is gone: nobody would ever end it otherwise. The whole process group where
 * the application leads one, as it does when the host launched it directly, or else its process alone.
 */
function endApplication(): void {
  if (leadsGroup()) process.kill(-process.pid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}

function leadsGroup(): boolean {
  if (process.platform === 'win32') return false
  try {
    // A group with the number of this process exists only if this process began it.
    return process.kill(-process.pid, 0)
  } catch {
    return false
  }
}

export type EndApplication = typeof endApplication
module.exports = endApplication
