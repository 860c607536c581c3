import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Metric, Sample, TrialRecord } from '../../lib/types/index.js'
import { projectPath } from '../../test/support/project-path.js'

/** One launch, driven to the last of its readings. */
export interface RecordedTrial {
  /** Whether the agent was on. */
  readonly withAgent: boolean
  /** Whether two busy loops had the processors beside it. */
  readonly busy: boolean
  readonly samples: readonly RecordedSample[]
}

export interface RecordedSample {
  readonly operations: number
  readonly elapsedMs: number
  readonly settled: boolean
  readonly spreadBytes: number
  readonly externalSpreadBytes: number
  readonly values: Readonly<Record<Metric, number | null>>
  readonly largeBuffers?: NonNullable<Sample['largeBuffers']>
}

/** The launches of one configuration. */
export interface Recording {
  readonly name: string
  readonly leaks: number | null
  /** Where it was recorded: version of Node, processors, date. */
  readonly about: string
  readonly trials: readonly RecordedTrial[]
}

export function recordedTrial(record: TrialRecord, busy: boolean): RecordedTrial {
  return {
    withAgent: record.agents.length > 0,
    busy,
    samples: record.samples
      .filter(({ kind }) => kind === 'grid')
      .map(({ operations, elapsedMs, settled, spreadBytes, externalSpreadBytes, values, largeBuffers }) => ({
        ...{ operations, elapsedMs, settled, spreadBytes, externalSpreadBytes, values },
        ...(largeBuffers && { largeBuffers }),
      })),
  }
}

const pathOf = (name: string): string => projectPath('bench', 'recorded', 'data', `${name}.json.gz`)

/** @throws Error when it was not recorded */
export function readRecording(name: string): Recording {
  return JSON.parse(gunzipSync(readFileSync(pathOf(name))).toString()) as Recording
}

export function writeRecording(recording: Recording): void {
  const path = pathOf(recording.name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.part`, gzipSync(JSON.stringify(recording), { level: 9 }))
  renameSync(`${path}.part`, path)
}
