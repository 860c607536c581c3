import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Spins until its input ends, as it does with the process that started it. */
const SPIN = `
  process.stdin.resume().on('end', () => process.exit())
  const spin = () => { for (const until = Date.now() + 20; Date.now() < until; ); setImmediate(spin) }
  spin()
`

/** Keeps all processors busy while `work` runs, where that is wanted. */
export async function beside<T>(busy: boolean, work: () => Promise<T>): Promise<T> {
  const loops = Array.from({ length: busy ? availableParallelism() : 0 }, () =>
    spawn(process.execPath, ['--eval', SPIN], { stdio: ['pipe', 'ignore', 'ignore'] }),
  )
  try {
    return await work()
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
}
