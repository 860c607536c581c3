import { isAtLeast } from './is-at-least.js'
import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, packageOfPath, sourceText } from './source-text.js'

export const ddTrace: Preset = {
  package: 'dd-trace',
  title: 'Datadog',
  attach: [{ versions: '>=0.11.0', by: 'require', specifier: 'dd-trace/init' }],
  env: () => ({
    DD_TRACE_AGENT_URL: '{collector}',
    DD_TRACE_STARTUP_LOGS: 'false',
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    // The name of the same until 3.x.
    DD_TRACE_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  }),
  flush: version =>
    isAtLeast(version, '5.0.0')
      ? { env: { DD_TRACE_FLUSH_INTERVAL: '500' }, text: 'traces every 0.5 s instead of 2 s' }
      : null,
  // `maxActiveBufferSize` of its exporter, in earlier 5.x 8 requests (`maxActiveRequests`) of up to 8 MiB each.
  holdsBytes: version => (isAtLeast(version, '5.0.0') ? 64 * 1024 * 1024 : null),
  switches: {
    list,
    off: names => ({ DD_TRACE_DISABLED_INSTRUMENTATIONS: names.join(',') }),
  },
  proof: { protocol: 'datadog', entries: true, withinMs: 2_000 },
  node: [
    { versions: '>=6.0.0', node: '>=22', otherwise: 'says that this Node is too old and does nothing' },
    {
      versions: '>=5.0.0 <6.0.0',
      node: '>=18',
      otherwise: 'says that this Node is too old and does nothing',
    },
  ],
  recognise: { env: ['DD_'], paths: ['/node_modules/dd-trace/'] },
}

/** One line of the table of hooks; before 2.x there is none. */
const HOOK = /^ {2}(?:'([^']+)'|([\w$]+)): /gm

function list(root: string): readonly Instrumentation[] {
  const hooks = sourceText(root, 'packages/datadog-instrumentations/src/helpers/hooks.js')
  const names = allMatches(hooks, HOOK).filter(name => !name.startsWith('.'))
  return names.map(name => ({ name, packages: [packageOfPath(name)] }))
}
