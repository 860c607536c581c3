import { TIMING } from '../../lib/options/timing.js'
import { madeUpScale } from './made-up-apm.js'
import { projectPath } from './project-path.js'
import { quickTiming } from './quick-timing.js'

/** `leaks` keeps 2 kB a request, `twin` makes as much and lets the oldest go. */
export const spansAgents = [
  { name: 'leaks', require: projectPath('test', 'fixtures', 'evidence', 'keeps-spans.cjs') },
  { name: 'twin', require: projectPath('test', 'fixtures', 'evidence', 'drops-spans.cjs') },
] as const

/**
 * Text of a config of the command: {@link spansAgents} on a plain server, in trials of about a second. Not JSON, which has no
 * place for the timing of tests.
 */
export const madeUpConfig = (): string => {
  const options = {
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: spansAgents,
    ...madeUpScale,
    ...{ evidence: 'none', concurrency: quickTiming.concurrency },
  }
  return `import { http } from ${JSON.stringify(projectPath('dist', 'index.js'))}
export default {
  ...${JSON.stringify(options)},
  workload: http(),
  ${timingText},
}
`
}

/** The timing of {@link quickTiming} as a member of an object in JavaScript. */
export const timingText = `[Symbol.for('isolate-leak.timing')]: ${JSON.stringify(quickTiming[TIMING])}`
