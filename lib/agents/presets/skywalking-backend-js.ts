import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isFolder } from '../../system/file-exists.js'
import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, sourceText } from './source-text.js'

const name = 'skywalking-backend-js'

export const skywalkingBackendJs: Preset = {
  package: name,
  title: 'Apache SkyWalking',
  attach: [{ versions: '>=0.4.0', by: 'start', specifier: 'skywalking' }],
  env: () => ({
    ISOLATE_LEAK_START_SKYWALKING: '{agent}',
    SW_AGENT_NAME: 'isolate-leak',
    SW_AGENT_COLLECTOR_BACKEND_SERVICES: '{collector.host}:{collector.port}',
  }),
  // It sends every second as it is.
  flush: () => null,
  switches: {
    list,
    off: names => ({ SW_AGENT_DISABLE_PLUGINS: names.join(',') }),
  },
  proof: { protocol: 'skywalking', entries: true, withinMs: 2_000 },
  recognise: { env: ['SW_'], paths: [`/node_modules/${name}/`] },
}

function list(root: string): readonly Instrumentation[] {
  const folder = join(root, 'lib', 'plugins')
  if (!isFolder(folder)) return []
  const files = readdirSync(folder).filter(file => file.endsWith('Plugin.js'))
  return files.map(file => ({
    name: file.replace(/Plugin\.js$/, ''),
    packages: allMatches(sourceText(folder, file), /this\.module = '([^']+)'/g),
  }))
}
