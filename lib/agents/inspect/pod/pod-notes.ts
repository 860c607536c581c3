import type { Preset } from '../../../types/preset.js'
import type { Draft } from '../attached-agents.js'
import { ofCode, UNSEEN } from '../notes.js'
import type { PodContainer } from './choose-container.js'
import type { Companion } from './companions.js'
import { fieldsOf, textOf } from './manifest.js'
import { containerPorts } from './ports.js'

export interface PodNoted {
  readonly container: PodContainer
  readonly env: Readonly<Record<string, string>>
  /** What of it the application is given. */
  readonly entryEnv: Readonly<Record<string, string>>
  readonly drafts: readonly Draft[]
  readonly presets: readonly Preset[]
  readonly companions: readonly Companion[]
  readonly port: number | null
  readonly file: string | null
  /** Whether there is no such script on this machine. */
  readonly isMissing: boolean
  /** Whether no script is named. */
  readonly isScriptless: boolean
  /** Whether an option says how large the heap may be. */
  readonly hasHeapSize: boolean
}

/** What to look at before what a manifest says is run. */
export function podNotes(noted: PodNoted): string[] {
  const { container, env, presets, drafts, companions, file, isMissing, isScriptless } = noted
  const { start, variables } = container
  const all = { ...env, ...Object.fromEntries(variables.fromCluster.map(({ name }) => [name, ''])) }
  return [
    UNSEEN,
    ...ofCode({ facts: { env: all, mapped: [] }, presets, drafts }),
    ...companions.flatMap(({ note }) => (note === null ? [] : [note])),
    ...drafts.flatMap(filesElsewhere),
    ...(isMissing && file !== null
      ? [
          `${file} is not there: say where the application is on this machine (--root DIR), or build it first.`,
        ]
      : []),
    ...(isScriptless && start.command === null ? [scriptless(container)] : []),
    ...(start.isAfterOthers
      ? ['Its command does something else before it starts the application, which was left out.']
      : []),
    ...variables.fromCluster
      .filter(({ name }) => name === 'NODE_OPTIONS' || name === 'LD_PRELOAD')
      .map(
        ({ name, from }) => `${name} comes from the cluster (${from}): what it preloads does not show here.`,
      ),
    ...(variables.sources.length === 0
      ? []
      : [`It is given all variables of ${variables.sources.join(' and ')}, which are not in the manifest.`]),
    ...surroundings(noted),
    ...portNotes(noted),
    ...limitNotes(noted),
  ]
}

/** What an agent preloads from a place that is not the application's. */
function filesElsewhere({ name, require, import: imported, env }: Draft): string[] {
  const files = [...require, ...imported, ...(env['LD_PRELOAD'] ?? '').split(':')]
  const away = files.filter(file => file.startsWith('/'))
  return away.length === 0
    ? []
    : [
        `${name} is a file in the container (${away.join(', ')}): copy it from a pod (kubectl cp), and write where it is.`,
      ]
}

function scriptless({ image, start }: PodContainer): string {
  return start.node === null
    ? `What the container starts is said by its image (${image ?? 'none is named'}), not by the manifest: fill in entry.file, as ENTRYPOINT and CMD of its Dockerfile say.`
    : 'The command line names no script (code in an option, standard input, or a task of Node): fill in entry.file.'
}

/** What variables name that is not on this machine. */
function surroundings({ entryEnv }: PodNoted): string[] {
  const names = (test: RegExp): string =>
    Object.entries(entryEnv)
      .filter(([, value]) => test.test(value))
      .map(([name]) => name)
      .join(', ')
  const files = names(/^(?:file:\/\/)?\/[\w.-]+\/[\w./-]+$/)
  const services = names(/\.svc(?:\.|:|\/|$)|\.cluster\.local\b/)
  return [
    ...(files === '' ? [] : [`Paths in the container, to be replaced where they matter: ${files}.`]),
    ...(services === ''
      ? []
      : [`Names of services in the cluster, which are not reached from here: ${services}.`]),
  ]
}

function portNotes({ container, env, port }: PodNoted): string[] {
  const ports = containerPorts(container.fields).map(({ number }) => String(number))
  if (port !== null)
    return env['PORT'] === String(port)
      ? ['PORT is left out: the application may take any port, so that several can run at a time.']
      : []
  return ports.length === 0
    ? []
    : [`It serves several ports (${ports.join(', ')}): name the one that is meant, entry.port.`]
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
}
const MEBIBYTE = 2 ** 20
/** From here on V8 takes less than half. */
const HALVED_BELOW = 4 * 2 ** 30

/** What the limits of the container do there and not here. */
function limitNotes({ container, hasHeapSize }: PodNoted): string[] {
  const { fields, start } = container
  const limits = fieldsOf(fieldsOf(fields['resources'])['limits'])
  const memory = textOf(limits['memory']) ?? ''
  const cpu = textOf(limits['cpu'])
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([kMGT]?|[KMGT]i)$/.exec(memory) ?? []
  const bytes = Number(amount) * (UNITS[unit] ?? NaN)
  const option = `--max-old-space-size=${String(Math.floor(bytes / 2 / MEBIBYTE))}`
  const place = start.command === null ? 'entry.nodeArgs' : 'NODE_OPTIONS of entry.env'
  return [
    ...(bytes >= 2 * MEBIBYTE && bytes < HALVED_BELOW && !hasHeapSize
      ? [
          `V8 takes half of the memory limit of the container (${memory}) for its heap, and here half of what this machine has, up to its own limit: with '${option}' in ${place} it is as there.`,
        ]
      : []),
    ...(cpu === undefined ? [] : [`The limit of ${cpu} CPU does not hold here.`]),
  ]
}
