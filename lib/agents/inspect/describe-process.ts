import { dirname } from 'node:path'
import { keepsFromRunning } from '../../options/check/check-node-args.js'
import type { Preset } from '../../types/preset.js'
import { attachedAgents, attaches, withOwnNames } from './attached-agents.js'
import { findScript } from './find-script.js'
import { injectedAgents } from './injected-agents.js'
import type { Inspection } from './inspection.js'
import { foreignLibraries } from './mapped-libraries.js'
import { nodeCommandLine, nodeOptions } from './node-command-line.js'
import { notesOn } from './notes.js'
import type { ProcessFacts } from './read-process.js'
import { secretsOf } from './secrets.js'
import { sortVariables } from './sort-variables.js'

/**
 * Puts together what a process shows.
 * @param everywhere libraries that the system injects into every process
 */
export function describeProcess(
  facts: ProcessFacts,
  presets: readonly Preset[],
  everywhere: readonly string[],
): Inspection {
  const { pid, env, argv, exe, mapped } = facts
  const secrets = secretsOf(env)
  const isRetitled = argv.length > 1 ? argv.slice(1).every(text => text === '') : !/node/.test(argv[0] ?? '')
  const line = nodeCommandLine(isRetitled ? [] : argv.slice(1))
  const inherited = nodeOptions(env['NODE_OPTIONS'] ?? '')
  const { file, cwd, isMissing } = findScript(line.script, facts)

  const preloads = [
    ...inherited.map(option => ({ option, seen: 'NODE_OPTIONS' })),
    ...line.options.map(option => ({ option, seen: 'the command line' })),
  ]
  const attached = attachedAgents(preloads, [cwd, ...(file === null ? [] : [dirname(file)])], presets)
  const injected = injectedAgents(env['LD_PRELOAD'] ?? '', everywhere, presets)
  const drafts = [...attached, ...injected.agents]
  const kept = line.options.filter(option => !attaches(option))
  const unwanted = kept.filter(({ name }) => keepsFromRunning(name) || name.startsWith('--inspect'))
  const own = kept.filter(option => !unwanted.includes(option))
  const ownInherited = inherited.filter(option => !attaches(option) && !option.name.startsWith('--inspect'))
  const sorted = sortVariables(env, drafts, presets, secrets, [cwd])
  const nodeArgs = own.flatMap(({ given }) => given)
  const args = secrets.masked(line.args)
  const maskedNodeArgs = secrets.masked(nodeArgs)
  const rest = secrets.masked(ownInherited.flatMap(({ given }) => given))

  return {
    pid,
    entry: {
      file,
      args,
      cwd,
      nodeArgs: maskedNodeArgs,
      nodePath: exe,
      env: {
        ...sorted.entry,
        ...(rest.length === 0 ? {} : { NODE_OPTIONS: rest.map(quoted).join(' ') }),
        ...(injected.allocators.length === 0 ? {} : { LD_PRELOAD: injected.allocators.join(':') }),
      },
    },
    agents: withOwnNames(sorted.agents),
    libraries: foreignLibraries(mapped),
    leftOut: {
      secrets: sorted.secrets,
      variables: sorted.others,
      arguments: [
        ...unwanted.map(({ name }) => `${name}: ${reasonAgainst(name)}`),
        ...masked(line.args, args),
        ...masked(nodeArgs, maskedNodeArgs),
      ],
    },
    notes: notesOn({
      facts,
      presets,
      drafts: sorted.agents,
      everywhere,
      script: line.script,
      file,
      isMissing,
      title: isRetitled ? (secrets.masked([argv[0] ?? ''])[0] ?? '') : null,
    }),
  }
}

function reasonAgainst(name: string): string {
  return name.startsWith('--inspect')
    ? 'the port of the inspector is taken by the process itself'
    : 'with it Node does not run a script by itself'
}

function masked(before: readonly string[], after: readonly string[]): string[] {
  return after
    .filter((text, index) => text !== before[index])
    .map(text => `${text}: holds a secret, fill it in`)
}

function quoted(text: string): string {
  return /[\s"\\]/.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text
}
