import type { Preset } from '../../../types/preset.js'
import { attaches, type Draft, withOwnNames } from '../attached-agents.js'
import type { PodInspection } from '../inspection.js'
import { nodeCommandLine, nodeOptions, type NodeOption } from '../node-command-line.js'
import { maskedOnes, ownOptions } from '../own-options.js'
import { isAllocator, preloadedLibraries } from '../read-process.js'
import { hasMark, type Secrets, secretsOf, setByPresets, sortVariables } from '../sort-variables.js'
import { chooseContainer, type PodContainer } from './choose-container.js'
import { companionsOf } from './companions.js'
import { type LocalPaths, localPaths } from './local-paths.js'
import { type ManifestPod, textOf } from './manifest.js'
import { type GivenOption, podAgents } from './pod-agents.js'
import { podNotes } from './pod-notes.js'
import { portOf, probePathOf } from './ports.js'

/** What is known of this machine. */
export interface PodPlaces {
  /** The manifest, for messages. */
  readonly file: string
  /** Folder of the application, as it is to be written. */
  readonly root: string
  /** The same as an absolute path. */
  readonly folder: string
  /** Whether a script is there, asked for paths that begin with `root`. */
  readonly exists: (path: string) => boolean
}

/**
 * Puts together what a manifest says of the container that runs Node.
 * @param wanted name of the container
 * @throws IsolateLeakError as {@link chooseContainer}
 */
export function describePod(
  pods: readonly ManifestPod[],
  wanted: string | undefined,
  places: PodPlaces,
  presets: readonly Preset[],
): PodInspection {
  const container = chooseContainer(places.file, pods, wanted)
  const { pod, fields, variables, start } = container
  const env = { ...variables.literal, ...start.env }
  const secrets = secretsOf(env)
  const paths = localPaths(textOf(fields['workingDir']) ?? null, places.root, places.exists)

  const line = nodeCommandLine(start.node ?? [])
  const inherited = nodeOptions(env['NODE_OPTIONS'] ?? '').map(option => localOption(option, paths))
  const given = line.options.map(option => localOption(option, paths))
  const libraries = preloadedLibraries(env['LD_PRELOAD'] ?? '')
  const options: readonly GivenOption[] = [
    ...inherited.map(option => ({ option, seen: 'NODE_OPTIONS' })),
    ...given.map(option => ({ option, seen: 'the command line' })),
  ]
  const companions = companionsOf(pod, fields, preloadedPaths(options, libraries))
  const drafts = podAgents(options, libraries, companions, presets, paths)
  const own = ownOptions(given, inherited, secrets)
  const port = portOf(fields)
  // It takes the port that it is told, in a trial any that is free.
  const isTold = port !== null && env['PORT'] === String(port)
  const sorted = sortVariables(
    env,
    drafts,
    presets,
    secrets,
    [places.folder],
    name => !(isTold && name === 'PORT'),
  )

  const script = start.node === null ? null : line.script
  const file = script === null ? null : masked(paths.expect(script), secrets)
  const agents = sorted.agents.map(draft => maskedDraft(draft, secrets))
  const command = start.command === null ? null : secrets.masked(start.command)
  const args = secrets.masked(start.node === null ? [] : line.args)
  const ofAgents = variablesOfAgents(container, sorted.agents, presets)
  const allocators = libraries.filter(isAllocator)
  return {
    pod: { kind: pod.kind, name: pod.name, container: container.name, image: container.image },
    entry: {
      ...{ file, command, args },
      cwd: places.root,
      nodeArgs: own.nodeArgs,
      port: isTold ? null : port,
      env: {
        ...sorted.entry,
        ...(own.nodeOptions === '' ? {} : { NODE_OPTIONS: own.nodeOptions }),
        ...(allocators.length === 0 ? {} : { LD_PRELOAD: allocators.join(':') }),
      },
    },
    agents: withOwnNames(agents),
    fromCluster: variables.fromCluster.filter(({ name }) => !ofAgents.has(name)),
    probePath: probePathOf(fields, secrets),
    libraries: [],
    leftOut: {
      secrets: sorted.secrets.filter(name => !ofAgents.has(name)),
      variables: [...sorted.others, ...ofAgents].sort(),
      arguments: [
        ...own.leftOut,
        ...maskedOnes(line.args, args),
        ...maskedOnes(start.command ?? [], command ?? []),
      ],
    },
    notes: podNotes({
      ...{ container, env, drafts: agents, presets, companions, port },
      ...{ isMissing: file !== null && !places.exists(file), file, isScriptless: script === null },
      entryEnv: sorted.entry,
      hasHeapSize: options.some(({ option }) => HEAP_SIZE.test(option.name)),
    }),
  }
}

const HEAP_SIZE = /^--max-(?:old-space|heap)-size/

/** With a path that is here in place of that in the container. */
function localOption(option: NodeOption, paths: LocalPaths): NodeOption {
  const { name, value } = option
  if (value === null || !value.startsWith('/') || attaches(option)) return option
  const local = paths.find(value)
  return local === null ? option : { name, value: local, given: [`${name}=${local}`] }
}

function preloadedPaths(
  options: readonly GivenOption[],
  libraries: readonly string[],
): { readonly path: string; readonly seen: string }[] {
  return [
    ...options.flatMap(({ option, seen }) =>
      option.value !== null && attaches(option) ? [{ path: option.value, seen }] : [],
    ),
    ...libraries.map(path => ({ path, seen: 'LD_PRELOAD' })),
  ]
}

/** Those that only the cluster could fill in, and that presets set for the collector of a trial, or only agents read. */
function variablesOfAgents(
  { variables }: PodContainer,
  agents: readonly Draft[],
  presets: readonly Preset[],
): ReadonlySet<string> {
  const set = setByPresets(agents, presets)
  const attached = presets.filter(preset => agents.some(agent => agent.preset === preset.package))
  const names = variables.fromCluster.map(({ name }) => name)
  return new Set(names.filter(name => set.has(name) || attached.some(preset => hasMark(name, preset))))
}

function maskedDraft(draft: Draft, secrets: Secrets): Draft {
  const one = (text: string): string => masked(text, secrets)
  return {
    ...draft,
    name: one(draft.name),
    require: draft.require.map(one),
    import: draft.import.map(one),
    nodeArgs: draft.nodeArgs.map(one),
    env: Object.fromEntries(Object.entries(draft.env).map(([name, value]) => [name, one(value)])),
  }
}

function masked(text: string, secrets: Secrets): string {
  return secrets.masked([text])[0] ?? text
}
