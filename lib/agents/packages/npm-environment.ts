import { delimiter, dirname } from 'node:path'
import { cleanEnvironment } from '../../system/clean-environment.js'

/** How the registry is reached; everything else that `npm run` tells its children is about its own project. */
const KEPT =
  /^npm_config_(?:registry|cache|userconfig|globalconfig|ca|cafile|cert|key|strict_ssl|(?:https?_)?proxy|no_?proxy|offline|prefer_offline|fetch_\w+|maxsockets|before|min_release_age|@.*|\/\/.*)$/i

/** The environment for npm, as in a plain shell, with the caller's settings of how the registry is reached. */
export function npmEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const clean = cleanEnvironment(env).env
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && KEPT.test(name)) clean[name] = value
  }
  // npm is a script that looks for `node`.
  const pathName = Object.keys(clean).find(name => name.toUpperCase() === 'PATH') ?? 'PATH'
  clean[pathName] = [clean[pathName], dirname(process.execPath)].filter(Boolean).join(delimiter)
  return clean
}
