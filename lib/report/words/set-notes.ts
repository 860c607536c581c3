import type { SetNote } from '../../decide/decided.js'

/** What was exercised of sets of agents, or was not, in words; with the conditions where it holds under some of them only. */
export function setNote(note: SetNote): string {
  const line = lineOf(note)
  return note.backends === undefined ? line : `${line} (collector: ${note.backends.join(', ')})`
}

function lineOf(note: SetNote): string {
  switch (note.code) {
    case 'each-alone':
      return 'each agent alone, against the application without agents'
    case 'all-together':
      return 'all agents together'
    case 'never-together':
      return 'all agents together: no trial with all of them was completed'
    case 'not-alone':
      return `${note.some ? 'every agent alone' : 'agents alone'}: they were on together, where one could hold back what another leaks`
    case 'other-shards':
      return `what other shards run: this is shard ${String(note.index)} of ${String(note.count)}, isolate-leak merge judges all`
  }
}
