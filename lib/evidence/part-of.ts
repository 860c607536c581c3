import type { Culprit, TrialRecord } from '../types/index.js'

/**
 * The thread or process that snapshots are taken of, as the label of a part; `null`: the main thread. Where several of a kind
 * grow it is the one that grew most; where ever more of them pile up, what holds them is on the main thread.
 */
export function partOf({ where, metric }: Culprit, trials: readonly TrialRecord[]): string | null {
  if (where === undefined || where.includes('more and more')) return null
  const growth = new Map<string, number>()
  for (const { samples } of trials) {
    const grid = samples.filter(({ kind, parts }) => kind === 'grid' && parts !== undefined)
    const [first, last] = [grid.at(Math.floor(grid.length / 2)), grid.at(-1)]
    for (const { label, values } of last?.parts ?? []) {
      const before = first?.parts?.find(part => part.label === label)?.values[metric] ?? 0
      growth.set(label, (growth.get(label) ?? 0) + (values[metric] ?? 0) - before)
    }
  }
  const named = [...growth].filter(([label]) => label !== 'main thread' && isNamed(label, where))
  const [most] = named.sort(([, a], [, b]) => b - a)
  return most === undefined ? null : most[0]
}

/** `the 3 worker threads pool.js` names `worker thread pool.js #2`. */
function isNamed(label: string, where: string): boolean {
  const singular = where
    .replace(/^the (?:\d+ )?/, '')
    .replace(/^(worker thread|child process)(?:s|es) /, '$1 ')
  return label === singular || label.replace(/ #\d+$/, '') === singular
}
