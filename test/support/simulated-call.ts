import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { IsolateLeakOptions } from '../../lib/options/types.js'
import { mulberry32 } from '../../lib/decide/stats/random.js'
import type { TrialSpec } from '../../lib/trial/types.js'
import { http } from '../../lib/trial/workload/http.js'
import { loads } from './simulated-host.js'
import type { Behaviour } from './simulated-trial.js'

/** The files of an application that is simulated, and of its agents, which are known by their names. */
export interface MadeCall {
  readonly options: IsolateLeakOptions
  /** A folder that is not there yet. */
  fresh(): string
}

/** @param t its folder is used, and is removed when it ends */
export const madeCall = (
  t: Test,
  agents: readonly string[],
  more: Partial<IsolateLeakOptions> = {},
): MadeCall => {
  const files = Object.fromEntries(agents.map(name => [`${name}.cjs`, '']))
  const folder = t.testdir({ 'server.cjs': '', agents: files })
  let made = 0
  return {
    options: {
      entry: join(folder, 'server.cjs'),
      agents: agents.map(name => ({ name, require: join(folder, 'agents', `${name}.cjs`) })),
      workload: http({ path: '/' }),
      ...{ operations: 2_048, threshold: 64, evidence: 'none', concurrency: 1, seed: 1 },
      ...more,
    },
    fresh: () => {
      mkdirSync(join(folder, 'fresh'), { recursive: true })
      return join(folder, 'fresh', String(++made))
    },
  }
}

/** Growth of the heap by so many bytes an operation, with noise of up to `noise` that the seed and the number of the trial tell. */
export const grows = (
  bytes: number,
  { id }: Pick<TrialSpec, 'id'>,
  { seed = 1, noise = 2 }: { readonly seed?: number; readonly noise?: number } = {},
): Behaviour => {
  const slope = bytes + noise * (2 * mulberry32(seed * 7919 + id)() - 1)
  return { curves: { heap: operations => slope * operations } }
}

/** Whether an agent is really on in a trial. */
export const isOn = (spec: TrialSpec, agent: string): boolean => loads(spec, `/agents/${agent}.cjs`)
