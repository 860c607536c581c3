import { readFile } from 'node:fs/promises'
import { platform } from 'node:process'
import { wholeNumber } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import { IsolateLeakError } from '../../errors.js'
import { presets } from '../presets/index.js'
import type { Inspection } from './inspection.js'
import {
  type ProcessFacts,
  readProcess,
  foreignLibraries,
  isAllocator,
  preloadedLibraries,
} from './read-process.js'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { Preset } from '../../types/preset.js'
import { type Draft, attachedAgents, emptyDraft, presetOfPath, withOwnNames } from './attached-agents.js'
import { nodeCommandLine, nodeOptions } from './node-command-line.js'
import { notesOn } from './notes.js'
import { maskedOnes, ownOptions } from './own-options.js'
import { changesRuntime, sortVariables, secretsOf } from './sort-variables.js'
import { createRequire } from 'node:module'
import { isFile } from '../../system/file-exists.js'

const LARGEST_PID = 2 ** 22

/**
 * Reads how a running Node process was started and what is attached to it, as options of {@link isolateLeak}, without
 * secrets: the way to try what production runs. Nothing is sent to the process and nothing of it is stopped; Linux
 * tells what it tells in `/proc`. What the application's own code loads does not show, unless a native library does.
 *
 * @param pid of a process of the own user (as root: of any)
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, `ERR_INSPECT_UNSUPPORTED` (not on Linux), `ERR_PROCESS_NOT_FOUND` (also when it
 * ends meanwhile), `ERR_PROCESS_NOT_PERMITTED` or `ERR_PROCESS_NOT_NODE`
 */
export async function inspectProcess(pid: number): Promise<Inspection> {
  parse(wholeNumber(1, LARGEST_PID), pid, 'pid')
  if (platform !== 'linux') {
    throw new IsolateLeakError(
      'ERR_INSPECT_UNSUPPORTED',
      `a running process can only be inspected on Linux, which tells how it was started; this is ${platform}`,
    )
  }
  const facts = await readProcess(pid)
  return describeProcess(facts, presets, preloadedLibraries(await systemPreload()))
}

async function systemPreload(): Promise<string> {
  try {
    return await readFile('/etc/ld.so.preload', 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

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
  const own = ownOptions(line.options, inherited, secrets)
  const sorted = sortVariables(env, drafts, presets, secrets, [cwd], changesRuntime)
  const args = secrets.masked(line.args)

  return {
    pid,
    entry: {
      file,
      args,
      cwd,
      nodeArgs: own.nodeArgs,
      nodePath: exe,
      env: {
        ...sorted.entry,
        ...(own.nodeOptions === '' ? {} : { NODE_OPTIONS: own.nodeOptions }),
        ...(injected.allocators.length === 0 ? {} : { LD_PRELOAD: injected.allocators.join(':') }),
      },
    },
    agents: withOwnNames(sorted.agents),
    libraries: foreignLibraries(mapped),
    leftOut: {
      secrets: sorted.secrets,
      variables: sorted.others,
      arguments: [...own.leftOut, ...maskedOnes(line.args, args)],
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

/** The script of a process, and the folder that its relative paths are meant from. */
interface FoundScript {
  /** Absolute path, `null` where no script was named. */
  readonly file: string | null
  readonly cwd: string
  readonly isMissing: boolean
}

/** A process may have left the folder that it was started in, which a shell notes in PWD. */
function findScript(script: string | null, { cwd, env }: ProcessFacts): FoundScript {
  if (script === null) return { file: null, cwd, isMissing: false }
  const { PWD: started = cwd } = env
  for (const folder of isAbsolute(script) ? [cwd] : [cwd, ...(isAbsolute(started) ? [started] : [])]) {
    const file = scriptAt(resolve(folder, script))
    if (file !== undefined) return { file, cwd: folder, isMissing: false }
  }
  return { file: resolve(cwd, script), cwd, isMissing: true }
}

/** The file that a path means to Node: also with its extension left out, and the main file of a folder. */
export function scriptAt(path: string): string | undefined {
  if (isFile(path)) return path
  try {
    return createRequire(join(path, '..', 'resolve.js')).resolve(path)
  } catch {
    // Not in this folder.
    return undefined
  }
}

/** What the loader of the system injected. */
interface Injected {
  /** Of the application itself. */
  readonly allocators: readonly string[]
  readonly agents: readonly Draft[]
}

/**
 * The libraries that LD_PRELOAD and the system inject, an agent each; those that only manage memory belong to the application.
 * @param everywhere libraries of /etc/ld.so.preload
 */
export function injectedAgents(
  ldPreload: string,
  everywhere: readonly string[],
  presets: readonly Preset[],
): Injected {
  const own = preloadedLibraries(ldPreload)
  const allocators = own.filter(isAllocator)
  const libraries = [...new Set([...own, ...everywhere])].filter(library => !isAllocator(library))
  const agents = libraries.map(library => {
    const preset = presetOfPath(library, presets)
    return {
      ...emptyDraft(library, preset?.package ?? basename(library).replace(/\.so[.\d]*$/, ''), preset),
      env: { LD_PRELOAD: [...allocators, library].join(':') },
      seen: [own.includes(library) ? 'LD_PRELOAD' : '/etc/ld.so.preload'],
    }
  })
  return { allocators, agents }
}
