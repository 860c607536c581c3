import type { Notification } from '../../../types/notification.js'

/** A line of a table. */
export interface Fact {
  readonly name: string
  readonly value: string
}

const MOST = 6

/** What else is worth knowing, short enough for a message. */
export function factsOf({ startedAt, report, changed, error, files }: Notification): Fact[] {
  const shown = changed.slice(0, MOST)
  return [
    { name: 'Started', value: `${startedAt.slice(0, 16).replace('T', ' ')} UTC` },
    ...(report === null ? [] : [{ name: 'Workload', value: report.conditions.workload }]),
    ...(error === null ? [] : [{ name: 'Error', value: error.code }]),
    ...shown.map(({ what, from, to }) => ({
      name: `Changed: ${what}`,
      value: `${from ?? 'none'} → ${to ?? 'none'}`,
    })),
    ...(changed.length > shown.length
      ? [{ name: 'Changed', value: `and ${String(changed.length - shown.length)} more` }]
      : []),
    ...(files === null ? [] : [{ name: 'Files', value: files.folder }]),
  ]
}
