import { pathToFileURL } from 'node:url'
import type { IsolateLeakOptions, TrialRecord } from 'isolate-leak'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type * as TrialRunner from '../../lib/trial/trial-runner.js'
import { projectPath } from './project-path.js'

/** The trial host is a script of the build, and is found beside what starts it. */
export const built = async <T>(...parts: readonly string[]): Promise<T> =>
  (await import(pathToFileURL(projectPath('dist', ...parts)).href)) as T

/**
 * Launches every agent of a call once, alone, as the experiment would, or the application where there are none; judges nothing.
 * @param backend what their collectors do
 * @returns trials by name of the agent, `''` for the application
 */
export const runTrials = async (
  options: IsolateLeakOptions,
  backend: TrialRecord['backend'] = 'up',
): Promise<ReadonlyMap<string, TrialRecord>> => {
  const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
  const { trialRunner } = await built<typeof TrialRunner>('trial', 'trial-runner.js')
  const resolved = await resolveOptions(options)
  const runner = trialRunner(resolved, { keeps: () => false })
  const records = new Map<string, TrialRecord>()
  const names = resolved.agents.length === 0 ? [[]] : resolved.agents.map(({ name }) => [name])
  try {
    const planned = names.map((agents, index) => ({
      id: index + 1,
      agents,
      backend,
      purpose: 'measure' as const,
      operations: resolved.operations,
    }))
    await runner.run(planned, async record => {
      records.set(record.agents.join(), record)
    })
  } finally {
    await runner.close()
  }
  return records
}

/** Launches the application once, without agents. */
export const runAlone = async (options: Omit<IsolateLeakOptions, 'agents'>): Promise<TrialRecord> => {
  const record = (await runTrials({ ...options, agents: [] })).get('')
  if (record === undefined) throw new Error('expected a trial of the application')
  return record
}
