import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { IsolateLeakError } from '../errors.js'
import { cleanEnvironment } from './clean-environment.js'

const run = promisify(execFile)

/** A command of git that takes longer waits for something that does not come. */
const LONGEST_MS = 60_000
/** Largest file that is read of a commit, bytes. */
export const LARGEST_FILE: number = 32 * 1024 * 1024

/** The repository that a folder is in. */
export interface Repository {
  /** Absolute path of its working tree. */
  readonly root: string
  /** The folder relative to it, with slashes; `''`: itself. */
  readonly folder: string
  /**
   * Where the history of the working tree and that of a commit part: that commit itself, where the working tree has all of it.
   * @param ref of git; it must not begin with a dash, which git takes for an option
   * @returns its hash
   * @throws IsolateLeakError `ERR_GIT` when there is no such commit, or nothing in common
   */
  partedFrom(ref: string): Promise<string>
  /**
   * A file as it was in a commit; `null`: it has none.
   * @throws IsolateLeakError `ERR_GIT`, also for a file that is larger than {@link LARGEST_FILE}
   */
  read(hash: string, path: string): Promise<string | null>
}

/**
 * Finds the repository of a folder.
 * @throws IsolateLeakError `ERR_GIT` when there is none, or no git
 */
export async function openRepository(folder: string, signal: AbortSignal | null): Promise<Repository> {
  const git = async (args: readonly string[]): Promise<string> => runGit(args, folder, signal)
  const [root = '', prefix = ''] = (
    await git(['rev-parse', '--show-toplevel', '--show-prefix']).catch((cause: unknown) => {
      throw gitError(`expected ${folder} to be in the working tree of a git repository`, cause)
    })
  ).split(/\r?\n/)
  return {
    root,
    folder: prefix.replace(/\/$/, ''),
    partedFrom: async ref => {
      const missing = async (what: string, cause: unknown): Promise<never> => {
        if (wasAborted(cause)) throw gitError(what, cause)
        const isShallow = await git(['rev-parse', '--is-shallow-repository']).catch(() => '')
        const hint =
          isShallow.trim() === 'true'
            ? 'this clone lacks a part of the history: fetch all of it (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0)'
            : 'fetch it, or name another commit, branch or tag'
        throw gitError(`${what}; ${hint}`, cause)
      }
      const hash = await git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(
        async (cause: unknown) => missing(`there is no commit '${ref}' in ${root}`, cause),
      )
      const parted = await git(['merge-base', hash.trim(), 'HEAD']).catch(async (cause: unknown) =>
        missing(`the working tree and '${ref}' have no commit in common in ${root}`, cause),
      )
      return parted.trim()
    },
    read: async (hash, path) =>
      git(['cat-file', 'blob', `${hash}:${path}`]).catch((cause: unknown) => {
        if (/ does not exist in | exists on disk, but not in /.test(saidBy(cause))) return null
        throw gitError(`${path} of commit ${hash} could not be read`, cause)
      }),
  }
}

async function runGit(args: readonly string[], cwd: string, signal: AbortSignal | null): Promise<string> {
  const { stdout } = await run('git', [...args], {
    ...{ cwd, env: gitEnvironment(), encoding: 'utf8', windowsHide: true },
    ...{ maxBuffer: LARGEST_FILE, timeout: LONGEST_MS, killSignal: 'SIGKILL' },
    ...(signal === null ? {} : { signal }),
  })
  return stdout
}

/** Hooks are told which repository is meant; here it is that of the folder. What `-c` sets, such as `safe.directory`, stays. */
function gitEnvironment(): Record<string, string> {
  const { env } = cleanEnvironment(process.env)
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG'),
  )
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' }
}

function saidBy(error: unknown): string {
  const { stderr } = (error ?? {}) as { readonly stderr?: unknown }
  return typeof stderr === 'string' ? stderr : ''
}

function wasAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function gitError(message: string, cause: unknown): IsolateLeakError {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  if (wasAborted(cause))
    return new IsolateLeakError('ERR_ABORTED', 'reading the repository was aborted by the signal', { cause })
  if (code === 'ENOENT')
    return new IsolateLeakError('ERR_GIT', 'git is not installed, or not on the PATH', { cause })
  const [said = ''] = saidBy(cause).trim().split('\n')
  return new IsolateLeakError('ERR_GIT', `${message}${said === '' ? '' : ` (${said})`}`, { cause })
}
