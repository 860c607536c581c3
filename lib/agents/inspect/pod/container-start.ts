import { posix } from 'node:path'
import { isNode } from '../read-process.js'

/** What a container starts, seen through what it is wrapped in. */
export interface ContainerStart {
  /** Arguments for Node, where it is Node that is started; else `null`. */
  readonly node: readonly string[] | null
  /** The words of another command; `null`: Node, or what the image says. */
  readonly command: readonly string[] | null
  /** Variables that the command line itself sets. */
  readonly env: Readonly<Record<string, string>>
  /** Whether a shell does something before, which was left out. */
  readonly isAfterOthers: boolean
}

/** They start what follows them, and handle signals. */
const WRAPPERS = ['tini', 'tini-static', 'dumb-init', 'catatonit', 'docker-entrypoint.sh', 'env', 'exec']
const SHELLS = ['sh', 'bash', 'ash', 'dash', 'busybox']
/** They run scripts of Node. */
const LAUNCHERS =
  /^(?:npm|npx|yarn|pnpm|corepack|tsx|ts-node(?:-\w+)?|nodemon|pm2(?:-runtime|-docker)?|next|nest|nuxt|nuxi|strapi|moleculer-runner|react-router-serve|remix-serve|fastify)$/
const STARTS_NODE = /(?:^|[\s;&|/])(?:node|npm|npx|yarn|pnpm)\s/
/** What only a shell understands. */
const FOR_A_SHELL = /["'`$|&<>*?(){}[\]\\~#]/
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/

/**
 * @param command `command` of the container: in place of the image's entry point
 * @param args `args` of it: in place of the image's command
 */
export function containerStart(command: readonly string[], args: readonly string[]): ContainerStart {
  const env: Record<string, string> = {}
  let words = [...command, ...args]
  let isAfterOthers = false
  // Each turn takes away a word at least.
  for (;;) {
    const name = posix.basename(words[0] ?? '')
    const assigned = ASSIGNMENT.exec(words[0] ?? '')
    if (assigned !== null) {
      env[assigned[1] ?? ''] = assigned[2] ?? ''
      words = words.slice(1)
    } else if (WRAPPERS.includes(name)) words = withoutOptions(words.slice(1))
    else if (SHELLS.includes(name) && /^-[a-z]*c$/.test(words[1] ?? '')) {
      const last = lastCommand(words[2] ?? '')
      if (last === null) return { node: null, command: words, env, isAfterOthers }
      isAfterOthers ||= last.isAfterOthers
      words = [...last.words]
    } else break
  }
  const [first] = words
  if (first === undefined) return { node: null, command: null, env, isAfterOthers }
  if (isNode(first)) return { node: words.slice(1), command: null, env, isAfterOthers }
  // The entry point of Node's image puts Node before what is none of its commands.
  if (isScript(first) || (command.length === 0 && first.startsWith('-')))
    return { node: words, command: null, env, isAfterOthers }
  const isInstalled = first.includes('node_modules/.bin/')
  return {
    ...{ node: null, env, isAfterOthers },
    command: [isInstalled ? posix.basename(first) : first, ...words.slice(1)],
  }
}

/** Whether a command runs something on Node. */
export function runsNode({ node, command }: ContainerStart): boolean {
  const [first = '', , script = ''] = command ?? []
  const name = posix.basename(first)
  return node !== null || LAUNCHERS.test(name) || (SHELLS.includes(name) && STARTS_NODE.test(script))
}

function isScript(word: string): boolean {
  return /\.[cm]?[jt]s$/.test(word)
}

/** `tini -g -- node`, `dumb-init --rewrite 15:2 -- node` */
function withoutOptions(words: readonly string[]): string[] {
  const end = words.indexOf('--')
  if (end !== -1 && (words[0] ?? '').startsWith('-')) return words.slice(end + 1)
  const first = words.findIndex(word => !word.startsWith('-'))
  return first === -1 ? [] : words.slice(first)
}

/** The last command of a script for a shell, `null` where only a shell understands it. */
function lastCommand(script: string): { words: readonly string[]; isAfterOthers: boolean } | null {
  const commands = script
    .split(/&&|;|\n/)
    .map(command => command.trim())
    .filter(command => command !== '' && !/^(?:#|set )/.test(command))
  const last = commands.at(-1) ?? ''
  if (last === '' || FOR_A_SHELL.test(last)) return null
  return { words: last.split(/\s+/), isAfterOthers: commands.length > 1 }
}
