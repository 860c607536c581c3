/**
 * Records launches that calls are drawn from: `npx tsc -p bench && node .cache/bench/bench/recorded/record.js [--only NAME] [--blocks 4]`.
 *
 * A block has three launches with the agent and one without, under load as those of a call are; each goes on to four times the operations of
 * quick effort. So many blocks are made quietly, and as many beside a busy loop for each processor. What was recorded before is kept and
 * added to; a configuration that has its blocks is left alone.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { http } from 'isolate-leak'
import { mulberry32, shuffle } from '../../lib/decide/stats/random.js'
import type { PlannedTrial, TrialRecord } from '../../lib/types/index.js'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type * as Runner from '../../lib/trial/trial-runner.js'
import { projectPath } from '../../test/support/project-path.js'
import { expressFolder } from '../../test/support/real-agents.js'
import { built } from '../../test/support/run-trials.js'
import { CONFIGURATIONS, type Configuration } from './configurations.js'
import { beside } from '../beside.js'
import { readRecording, recordedTrial, writeRecording, type RecordedTrial } from './recording.js'

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, blocks: { type: 'string', default: '4' } },
})
const WITH_AGENT = 3
const OPERATIONS = [5_120, 10_240, 20_480] as const
const blocks = Number(values.blocks)

async function record({ agent }: Configuration, seed: number, busy: boolean): Promise<RecordedTrial[]> {
  const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
  const { trialRunner } = await built<typeof Runner>('trial', 'trial-runner.js')
  const options = await resolveOptions({
    entry: {
      file: projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'),
      env: { EXPRESS_FOLDER: await expressFolder() },
    },
    agents: [agent],
    workload: http({ path: '/orders/42' }),
    effort: 'quick',
  })
  const names = options.agents.map(({ name }) => name)
  const sets = shuffle([[], ...Array.from({ length: WITH_AGENT }, () => names)], mulberry32(seed))
  const runner = trialRunner(options)
  const records: TrialRecord[] = []
  try {
    let id = 0
    for (const operations of OPERATIONS) {
      const planned = sets.map((agents): PlannedTrial => ({
        ...{ id: ++id, agents, backend: 'up', purpose: 'measure', operations },
      }))
      await beside(busy, async () =>
        runner.run(planned, async one => {
          await Promise.resolve(records.push(one))
        }),
      )
    }
  } finally {
    await runner.close()
  }
  return records
    .filter(({ operations, outcome }) => operations === OPERATIONS.at(-1) && outcome.kind === 'completed')
    .map(one => recordedTrial(one, busy))
}

function known(name: string): readonly RecordedTrial[] {
  try {
    return readRecording(name).trials
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const chosen = CONFIGURATIONS.filter(
  ({ name }) => values.only === undefined || values.only.some(one => name.includes(one)),
)
for (const busy of [false, true]) {
  for (const configuration of chosen) {
    const { name, leaks } = configuration
    const trials = [...known(name)]
    const made = trials.filter(trial => trial.withAgent && trial.busy === busy).length / WITH_AGENT
    for (let block = Math.floor(made); block < blocks; block++) {
      const startedAtMs = performance.now()
      trials.push(...(await record(configuration, trials.length, busy)))
      const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0)
      console.log(
        `${name}, ${busy ? 'busy' : 'quiet'}, block ${String(block + 1)} of ${String(blocks)}: ${seconds} s`,
      )
      const about = `Node ${process.version}, ${String(availableParallelism())} processors, ${new Date().toISOString().slice(0, 10)}`
      writeRecording({ name, leaks, about, trials })
    }
  }
}
