import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'

/** A repository of git in a folder of a test, whose settings are not those of the machine. */
export interface MadeRepository {
  readonly folder: string
  /** Writes files, by path. */
  write(files: Readonly<Record<string, string>>): void
  /** Writes files and commits everything. */
  commit(files: Readonly<Record<string, string>>): void
  git(...args: readonly string[]): string
}

/** @param t its folder is used, and is removed when it ends */
export const madeRepository = (t: Test): MadeRepository => {
  const folder = t.testdir({ repository: {} }) + '/repository'
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      ...{ cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    })
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  git('init', '--quiet', '--initial-branch=main')
  return {
    ...{ folder, write, git },
    commit: files => {
      write(files)
      git('add', '--all')
      git('commit', '--quiet', '--message=a')
    },
  }
}

/** The package-lock.json of an application with these packages, each `name@version`, and what each needs. */
export const npmLock = (packages: Readonly<Record<string, Readonly<Record<string, string>>>>): string => {
  const entries = Object.entries(packages).map(([spec, dependencies]) => {
    const at = spec.lastIndexOf('@')
    return { name: spec.slice(0, at), version: spec.slice(at + 1), dependencies }
  })
  const below = new Set(entries.flatMap(({ dependencies }) => Object.keys(dependencies)))
  const own = entries.filter(({ name }) => !below.has(name)).map(({ name, version }) => [name, version])
  return JSON.stringify(
    {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: Object.fromEntries(own) as Record<string, string> },
        ...Object.fromEntries(
          entries.map(({ name, version, dependencies }) => [
            `node_modules/${name}`,
            { version, dependencies },
          ]),
        ),
      },
    },
    null,
    2,
  )
}
