/** Loads an agent's package as `require` does, from the folder that a variable of this library names. */
function loadAgent(variable: string, load: (folder: string) => unknown = require): unknown {
  const folder = process.env[variable]
  if (folder === undefined || folder === '') throw new Error(`${variable} has to name the agent's folder`)
  return load(folder)
}

export type LoadAgent = typeof loadAgent
module.exports = loadAgent
