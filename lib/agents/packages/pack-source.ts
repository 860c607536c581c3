import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isFile } from '../../system/file-exists.js'
import { makeFolder } from '../../system/make-folder.js'
import type { CachedPackage } from './cached-sets.js'
import { askNpm } from './npm-client.js'
import { packageError } from './package-error.js'
import type { SourceSpec } from './parse-spec.js'
import { registryError } from './registry.js'

/** A package as a tarball of its present content. */
export interface PackedSource extends CachedPackage {
  readonly tarball: string
}

/**
 * Packs a folder as npm would publish it, without running its scripts, or fetches a tarball, so that it is known by
 * its content.
 * @param draft folder for the tarball, made here
 */
export async function packSource(
  { kind, text, source }: SourceSpec,
  draft: string,
  signal: AbortSignal | undefined,
): Promise<PackedSource> {
  if (kind === 'folder-or-tarball') checkSource(source)
  await makeFolder(draft)
  const answer = await askNpm({
    command: 'pack',
    flags: ['--ignore-scripts', `--pack-destination=${draft}`],
    operands: [source],
    cwd: draft,
    signal,
  }).catch((error: unknown) => {
    throw registryError(error, text)
  })
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer ?? {})) as Partial<
    Record<'name' | 'version' | 'integrity', string>
  >[]
  const file = (await readdir(draft)).find(name => name.endsWith('.tgz'))
  const { name, version, integrity } = packed ?? {}
  if (file === undefined || name === undefined || version === undefined || integrity === undefined)
    throw packageError('ERR_INSTALL', `npm pack made no package of ${text}`)
  return { name, version, asked: text, content: integrity, tarball: join(draft, file) }
}

function checkSource(source: string): void {
  if (!existsSync(source))
    throw packageError('ERR_PACKAGE_UNKNOWN', `there is no folder or tarball ${source}`)
  if (!isFile(source) && !isFile(join(source, 'package.json')))
    throw packageError('ERR_PACKAGE_UNKNOWN', `the folder ${source} is no package: it has no package.json`)
}
