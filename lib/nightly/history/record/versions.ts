import { join } from 'node:path'
import { packageOfFile } from '../../../agents/find-package.js'
import type { ReportData } from '../../../types/index.js'
import type { NightVersions } from '../night.js'
import { digestOf } from './digest.js'

/**
 * Versions of everything that took part in a run.
 * @param commit of the application; `null`: not known
 */
export function versionsOf({ environment, options }: ReportData, commit: string | null): NightVersions {
  const { isolateLeak, node, v8, platform, release, arch } = environment
  const { file, cwd, isCommand = false } = options.entry
  const application = packageOfFile(isCommand ? join(cwd, 'package.json') : file)
  const { agents, carrier } = options
  return {
    ...{ isolateLeak, node, v8 },
    os: `${platform} ${release} ${arch}`,
    application: { name: application?.name ?? null, version: application?.version ?? null, commit },
    agents: [...(carrier === null ? [] : [carrier]), ...agents].map(agent => ({
      name: agent.name,
      package: agent.package,
      version: agent.version,
      tree: agent.packages.length === 0 ? null : digestOf(agent.packages),
    })),
  }
}
