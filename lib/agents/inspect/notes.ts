import type { Preset } from '../../types/preset.js'
import { presetOfPath, type Draft } from './attached-agents.js'
import type { ProcessFacts } from './read-process.js'
import { hasMark } from './sort-variables.js'

export interface Noted {
  readonly facts: ProcessFacts
  readonly presets: readonly Preset[]
  readonly drafts: readonly Draft[]
  readonly everywhere: readonly string[]
  readonly script: string | null
  readonly file: string | null
  readonly isMissing: boolean
  /** Put over its command line by the process itself; `null`: none. */
  readonly title: string | null
}

export const UNSEEN =
  'An agent that the application itself requires in its code does not show here: a run finds it and says so.'

/** What to look at before what was read is run. */
export function notesOn(noted: Noted): string[] {
  const { facts, everywhere, script, file, isMissing, title } = noted
  return [
    UNSEEN,
    ...ofCode(noted),
    ...(title !== null
      ? [
          `The process was given a title ('${title}') that hides its command line: fill in entry.file, and its arguments.`,
        ]
      : script === null
        ? [
            'The command line names no script (code in an option, standard input, or a task of Node): fill in entry.file.',
          ]
        : []),
    ...(isMissing && file !== null
      ? [
          `${file} is not there for this user: the process left the folder that it was started in, or runs in a container.`,
        ]
      : []),
    ...(facts.elsewhere
      ? [
          'It runs in a file system of its own (a container): paths are those inside, so run isolate-leak there.',
        ]
      : []),
    ...(everywhere.length > 0
      ? [
          `/etc/ld.so.preload injects ${everywhere.join(', ')} into every process: switch that off for a run, which refuses to compare otherwise.`,
        ]
      : []),
    ...(facts.env['NODE_CHANNEL_FD'] === undefined
      ? []
      : [
          'Another Node process forked it (a cluster, a process manager): that one may be the one to inspect.',
        ]),
  ]
}

interface Traces extends Pick<Noted, 'presets' | 'drafts'> {
  readonly facts: Pick<ProcessFacts, 'env' | 'mapped'>
}

/** Known agents that left a trace although nothing attaches them. */
export function ofCode({ facts, presets, drafts }: Traces): string[] {
  const attached = new Set(drafts.map(({ preset }) => preset))
  const unattached = presets.filter(preset => !attached.has(preset.package))
  const loaded = unattached.flatMap(preset => {
    const file = facts.mapped.find(path => presetOfPath(path, [preset]) !== undefined)
    return file === undefined ? [] : [`${preset.title}: nothing attaches it, but ${file} is loaded.`]
  })
  const marks = new Map<string, string[]>()
  for (const preset of unattached) {
    const names = Object.keys(facts.env)
      .filter(name => hasMark(name, preset))
      .sort()
    // Those that an attached agent shares are explained by it.
    const isShared = presets.some(
      other => attached.has(other.package) && names.every(name => hasMark(name, other)),
    )
    if (names.length > 0 && !isShared)
      marks.set(names.join(', '), [...(marks.get(names.join(', ')) ?? []), preset.title])
  }
  const set = [...marks].map(
    ([names, titles]) =>
      `Variables of ${titles.join(' or ')} are set (${names}), though nothing that shows attaches it.`,
  )
  return [...loaded, ...set]
}
