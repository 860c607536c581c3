import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReportData, TrialRecord } from 'isolate-leak'
import { projectPath } from './project-path.js'
import { spawnCaller } from './spawn-caller.js'

type Child = ReturnType<typeof spawnCaller>

/** What the journal of a run holds. */
export interface Journal {
  readonly trials: readonly TrialRecord[]
  readonly lines: readonly string[]
}

/** The command, with a config in a folder, whose outputs are subfolders of it. */
export interface CommandRuns {
  /** Starts a run with the config. */
  start(out: string, ...more: readonly string[]): Child
  /** The exit status of a run with the config; `null`: a signal ended it. */
  run(out: string, ...more: readonly string[]): Promise<number | null>
  /** Whole lines, also of a run that was killed; none where there is no journal yet. */
  journal(out: string): Journal
  report(out: string): ReportData
}

/** The exit status of the command; `null`: a signal ended it. */
export const command = async (...args: readonly string[]): Promise<number | null> => exitOf(started(args))

/** @param config name of a file in `folder` */
export const commandRuns = (folder: string, config: string): CommandRuns => {
  const start: CommandRuns['start'] = (out, ...more) =>
    started(['run', join(folder, config), '--out', join(folder, out), ...more])
  return {
    start,
    run: (out, ...more) => exitOf(start(out, ...more)),
    journal: out => {
      const file = join(folder, out, 'journal.jsonl')
      const lines = (existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').slice(0, -1)
      const parsed = lines.map(line => JSON.parse(line) as { type: string; record: TrialRecord })
      return { lines, trials: parsed.flatMap(({ type, record }) => (type === 'trial' ? [record] : [])) }
    },
    report: out => JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as ReportData,
  }
}

/** What a report says, without figures. */
export const answerOf = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(({ kind, agents, metric }) => ({ kind, agents, metric })),
  components: components.map(({ name, verdict }) => ({ name, verdict })),
})

const started = (args: readonly string[]): Child => {
  const child = spawnCaller(projectPath('dist', 'cli', 'bin.js'), ...args)
  child.stdout.resume()
  return child
}

const exitOf = async (child: Child): Promise<number | null> => {
  await once(child, 'exit')
  return child.exitCode
}
