/** One reading of one file by one reader, in a process of its own: `read-once.js READER WORK FILE FOLDER`. */
import { readers, type Work } from './readers.js'

const [name, work, file = '', folder = ''] = process.argv.slice(2)
const reader = readers.find(one => one.name === name)
if (reader === undefined) throw new Error(`no reader ${name ?? ''}`)
const begin = performance.now()
const outcome = await reader.read(file, work as Work, folder)
const { user, system } = process.cpuUsage()
process.send?.({
  ...outcome,
  cpuMs: (user + system) / 1e3,
  wallMs: performance.now() - begin,
  peakBytes: process.resourceUsage().maxRSS * 1024,
})
process.disconnect()
