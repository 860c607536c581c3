import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installed } from '../support/install-agents.js'

/** Node versions of the matrix beside the one that runs the tests. */
export const otherNodes = ['22.23.3', '24.21.0', '26.10.0'] as const

/** For applications only: the library itself needs a newer one. */
export const oldestNode = '16.20.2'

/** Path of a Node of the given version, installed from the registry into the cache. */
export const nodeBinary = async (version: string): Promise<string> => {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const root = join(await installed([`${name}@${version}`]), 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { node: string } }
  return join(root, bin.node)
}
