import type { CountDescendants } from './count-process.cjs'
import type { CpuUsed } from './protocol.cjs'
import type { ReadProc } from './read-proc.cjs'

const { countDescendants } = require('./count-process.cjs') as { countDescendants: CountDescendants }
const { textOf } = require('./read-proc.cjs') as ReadProc

/** Of a tick, in which Linux tells CPU time of other processes whatever its timer is set to (USER_HZ). */
const tickMs = 10

/** CPU time of this process and of those below it, taken without the main thread. */
function cpuUsed(): CpuUsed {
  const { user, system } = process.cpuUsage()
  const below = countDescendants()
  const others = below?.reduce((sum, { pid }) => sum + tickMs * ticksOf(String(pid)).all, 0) ?? 0
  return { ms: (user + system) / 1000 + tickMs * ticksOf('self').ended + others, ofAll: below !== null }
}

/** Ticks of a process: with those of its children that have ended and been waited for, and of these alone. */
function ticksOf(id: string): { readonly all: number; readonly ended: number } {
  const stat = textOf(`/proc/${id}/stat`) ?? ''
  // The name of the command, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number)
  const ended = endedUser + endedSystem
  return { all: user + system + ended, ended }
}

export type CpuUsedOf = typeof cpuUsed
module.exports = cpuUsed
