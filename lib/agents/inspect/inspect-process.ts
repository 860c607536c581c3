import { readFile } from 'node:fs/promises'
import { platform } from 'node:process'
import { checkNumber } from '../../options/check/check-number.js'
import { IsolateLeakError } from '../../errors.js'
import { presets } from '../presets/index.js'
import { describeProcess } from './describe-process.js'
import type { Inspection } from './inspection.js'
import { preloadedLibraries } from './mapped-libraries.js'
import { readProcess } from './read-process.js'

const LARGEST_PID = 2 ** 22

/**
 * Reads how a running Node process was started and what is attached to it, as options of {@link isolateLeak}, without
 * secrets: the way to try what production runs. Nothing is sent to the process and nothing of it is stopped; Linux
 * tells what it tells in `/proc`. What the application's own code loads does not show, unless a native library does.
 *
 * @param pid of a process of the own user (as root: of any)
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, `ERR_INSPECT_UNSUPPORTED` (not on Linux), `ERR_PROCESS_NOT_FOUND` (also when it
 * ends meanwhile), `ERR_PROCESS_NOT_PERMITTED` or `ERR_PROCESS_NOT_NODE`
 */
export async function inspectProcess(pid: number): Promise<Inspection> {
  checkNumber('pid', pid, { min: 1, max: LARGEST_PID, integer: true })
  if (platform !== 'linux') {
    throw new IsolateLeakError(
      'ERR_INSPECT_UNSUPPORTED',
      `a running process can only be inspected on Linux, which tells how it was started; this is ${platform}`,
    )
  }
  const facts = await readProcess(pid)
  return describeProcess(facts, presets, preloadedLibraries(await systemPreload()))
}

async function systemPreload(): Promise<string> {
  try {
    return await readFile('/etc/ld.so.preload', 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
