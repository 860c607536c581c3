import type * as FileSystem from 'node:fs'

const { realpathSync } = require('node:fs') as typeof FileSystem

/**
 * Loads an agent's package as `require` does, from the folder that a variable of this library names. Links are followed:
 * what the package depends on is beside where it really is.
 */
function loadAgent(variable: string, load: (folder: string) => unknown = require): unknown {
  const folder = process.env[variable]
  if (folder === undefined || folder === '') throw new Error(`${variable} has to name the agent's folder`)
  return load(realpathSync(folder))
}

export type LoadAgent = typeof loadAgent
module.exports = loadAgent
