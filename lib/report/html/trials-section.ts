import type { ReportData, TrialRecord } from '../../types/index.js'
import { markup } from '../charts/markup.js'
import { formatBytes, formatNumber } from '../format/bytes.js'
import { formatDuration } from '../format/duration.js'
import { plural } from '../format/layout.js'
import { dataTable, type Column, type Section } from './blocks.js'
import { setName } from './trial-groups.js'

/** Every launch: what was on, how it ended, what was read. */
export function trialsSection(data: ReportData): Section {
  const trials = data.trials.toSorted((a, b) => a.id - b.id)
  if (trials.length === 0) {
    return { id: 'trials', title: 'All trials', body: markup`<p>No trial was run.</p>` }
  }
  const columns: readonly Column[] = [
    { heading: 'trial', holds: 'amounts' },
    { heading: 'with' },
    { heading: 'purpose' },
    { heading: 'outcome', holds: 'sentences' },
    ...['operations', 'heap at first', 'heap at last', 'settled', 'took'].map(heading => ({
      heading,
      holds: 'amounts' as const,
    })),
    { heading: 'warnings' },
  ]
  return {
    id: 'trials',
    title: 'All trials',
    body: dataTable(
      plural(trials.length, 'trial'),
      columns,
      trials.map(trial => rowOf(trial, data)),
    ),
  }
}

function rowOf(trial: TrialRecord, data: ReportData): readonly string[] {
  const heaps = trial.samples.flatMap(({ values }) => (typeof values.heap === 'number' ? [values.heap] : []))
  const settled = trial.samples.filter(sample => sample.settled).length
  const { outcome } = trial
  const ended = outcome.kind.replaceAll('-', ' ')
  return [
    String(trial.id),
    setName(trial, data),
    trial.continues === undefined ? trial.purpose : `${trial.purpose}, of trial ${String(trial.continues)}`,
    outcome.kind === 'completed' ? ended : `${ended}: ${outcome.message}`,
    formatNumber(trial.operations),
    sizeOf(heaps[0]),
    sizeOf(heaps.at(-1)),
    `${String(settled)} of ${String(trial.samples.length)}`,
    formatDuration(trial.timings.totalMs),
    [...new Set(trial.warnings.map(({ code }) => code))].join(', '),
  ]
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes)
}
