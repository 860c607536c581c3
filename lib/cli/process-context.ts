import { bisectVersions } from '../compare/bisect/bisect-versions.js'
import { isolateInstrumentation } from '../compare/instrumentation/isolate-instrumentation.js'
import { isolateLeak, mergeRuns } from '../isolate-leak.js'
import { replay } from '../compare/replay/replay.js'
import { compareNodes } from '../compare/nodes/compare-nodes.js'
import { checkSince } from '../compare/since/check-since.js'
import { checkUpgrade } from '../compare/upgrade/check-upgrade.js'
import type { CliContext } from './context.js'

/** The surroundings of the real process, which it leaves as they are. */
export function processContext(): CliContext {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: process,
    isolateLeak,
    checkUpgrade,
    checkSince,
    compareNodes,
    bisectVersions,
    isolateInstrumentation,
    mergeRuns,
    replay,
    cwd: () => process.cwd(),
    chdir: folder => {
      process.chdir(folder)
    },
    now: () => performance.now(),
    exit: status => process.exit(status),
  }
}
