import { findPackage } from '../find-package.js'
import type { Preset } from '../../types/preset.js'
import type { Draft } from './attached-agents.js'
import { MASK, isSecretName, redactArguments, redactText } from '../../options/redact/redact-text.js'

/** They change how Node, V8 or the C library run. */
const RUNTIME =
  /^(?:NODE_(?:ENV|PATH|ICU_DATA|NO_WARNINGS|PENDING_DEPRECATION|PRESERVE_SYMLINKS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|TZ|LANG|LC_\w+|UV_\w+|MALLOC_\w+|MIMALLOC_\w+|GLIBC_TUNABLES|LD_LIBRARY_PATH|SSL_CERT_(?:FILE|DIR)|OPENSSL_CONF)$/
/** The shell's own, which say nothing. */
const OF_SHELL = ['PWD', 'OLDPWD', 'SHLVL', '_']
/** Read on their own. */
const PRELOADS = ['NODE_OPTIONS', 'LD_PRELOAD']

interface SortedVariables {
  readonly entry: Readonly<Record<string, string>>
  readonly agents: readonly Draft[]
  /** Names. */
  readonly secrets: readonly string[]
  /** Names. */
  readonly others: readonly string[]
}

/**
 * Gives every variable to whom it belongs. What presets set for the collector of a trial stays out: with its
 * production values an agent would report there.
 * @param isForEntry whether the application is to have what belongs to no agent
 */
export function sortVariables(
  env: Readonly<Record<string, string>>,
  drafts: readonly Draft[],
  presets: readonly Preset[],
  secrets: Secrets,
  folders: readonly string[],
  isForEntry: (name: string) => boolean,
): SortedVariables {
  const agents = recognisedByVariables(env, drafts, presets, folders)
  const own = new Map(agents.map(agent => [agent, presetOf(agent, presets)]))
  const ofPresets = setByPresets(agents, presets)
  const entry: Record<string, string> = {}
  const sorted = { secrets: [] as string[], others: [] as string[] }
  const added = new Map<Draft, Record<string, string>>()
  for (const [name, value] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (PRELOADS.includes(name) || OF_SHELL.includes(name)) continue
    const owners = agents.filter(agent => own.get(agent)?.recognise.env.some(start => name.startsWith(start)))
    if (secrets.isSecret(name, value)) sorted.secrets.push(name)
    else if (ofPresets.has(name)) sorted.others.push(name)
    else if (owners.length > 0) {
      for (const agent of owners) added.set(agent, { ...added.get(agent), [name]: value })
    } else if (isForEntry(name)) entry[name] = value
    else sorted.others.push(name)
  }
  return {
    ...sorted,
    entry,
    agents: agents.map(agent => ({ ...agent, env: { ...agent.env, ...added.get(agent) } })),
  }
}

/** A file of the application's that starts an agent is recognised by the variables of an agent that is installed. */
function recognisedByVariables(
  env: Readonly<Record<string, string>>,
  drafts: readonly Draft[],
  presets: readonly Preset[],
  folders: readonly string[],
): readonly Draft[] {
  const unknown = drafts.filter(
    ({ preset, package: own, require: required, import: imported }) =>
      preset === null && own === null && required.length + imported.length > 0,
  )
  const [only] = unknown
  if (only === undefined || unknown.length > 1) return drafts
  const taken = drafts.map(({ preset }) => preset)
  const found = presets.find(preset => {
    const isMeant = Object.keys(env).some(name => hasMark(name, preset))
    return isMeant && !taken.includes(preset.package) && findPackage(preset.package, folders) !== undefined
  })
  return found === undefined
    ? drafts
    : drafts.map(draft =>
        draft === only
          ? { ...draft, preset: found.package, seen: [...draft.seen, `variables of ${found.title}`] }
          : draft,
      )
}

/** Whether a variable is one of the agent's own. */
export function hasMark(name: string, { recognise }: Preset): boolean {
  return !PRELOADS.includes(name) && recognise.env.some(start => name.startsWith(start))
}

/** Names of what the presets of agents set for the collector of a trial. */
export function setByPresets(agents: readonly Draft[], presets: readonly Preset[]): ReadonlySet<string> {
  const names = agents.flatMap(agent => {
    const version = agent.package?.version ?? /.@(.+)$/.exec(agent.install ?? '')?.[1] ?? ''
    const preset = presetOf(agent, presets)
    return preset === undefined ? [] : Object.keys({ ...preset.env(version), ...preset.flush(version)?.env })
  })
  return new Set(names)
}

function presetOf({ preset }: Draft, presets: readonly Preset[]): Preset | undefined {
  return presets.find(one => one.package === preset)
}

/** Whether a variable changes how Node, V8 or the C library run. */
export function changesRuntime(name: string): boolean {
  return RUNTIME.test(name)
}

/** Shorter values (`1`, `true`, `prod`) occur everywhere. */
const SHORTEST_SECRET = 6
/** Headers of exporters carry keys under names of their own. */
const HEADERS = /headers?$/i

/** Tells what may be shown of a process. */
export interface Secrets {
  isSecret(name: string, value: string): boolean
  /** Arguments with `***` in place of secrets. */
  masked(args: readonly string[]): string[]
}

/** What is secret in the environment of a process is so wherever its value occurs. */
export function secretsOf(env: Readonly<Record<string, string>>): Secrets {
  const bySelf = (name: string, value: string): boolean =>
    isSecretName(name) || HEADERS.test(name) || redactText(value) !== value
  const values = Object.entries(env)
    .filter(([name, value]) => value.length >= SHORTEST_SECRET && bySelf(name, value) && !isPath(value))
    .map(([, value]) => value)
    .sort((a, b) => b.length - a.length)
  const holdsOne = (text: string): boolean => values.some(value => text.includes(value))
  return {
    isSecret: (name, value) => bySelf(name, value) || holdsOne(value),
    masked: args => redactArguments(args).map(text => (holdsOne(text) ? mask(text, values) : text)),
  }
}

/** `SSH_AUTH_SOCK` and the like name files, which may well be named elsewhere. */
function isPath(value: string): boolean {
  return /^\/[\w./@+-]*$/.test(value)
}

function mask(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, MASK), text)
}
