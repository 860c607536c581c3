import { isAtLeast } from './is-at-least.js'
import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, dependencyRoot, packageOfPath, sourceText, sourceTexts } from './source-text.js'

const name = '@instana/collector'

export const instanaCollector: Preset = {
  package: name,
  title: 'Instana',
  attach: [{ versions: '>=1.100.0', by: 'require', specifier: `${name}/src/immediate` }],
  env: () => ({
    INSTANA_AGENT_HOST: '{collector.host}',
    INSTANA_AGENT_PORT: '{collector.port}',
    INSTANA_SERVICE_NAME: 'isolate-leak',
  }),
  // It sends every second as it is.
  flush: () => null,
  switches: {
    list,
    off: (names, version) => ({
      [isAtLeast(version, '5.0.0') ? 'INSTANA_TRACING_DISABLE_INSTRUMENTATIONS' : 'INSTANA_DISABLED_TRACERS']:
        names.join(','),
    }),
  },
  proof: { protocol: 'instana', entries: true, withinMs: 1_500 },
  recognise: { env: ['INSTANA_'], paths: [`/node_modules/${name}/`] },
}

/** Instrumentations of parts of Node, which are there before any hook. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  httpclient: ['http', 'https'],
  httpserver: ['http', 'https'],
  http2client: ['http2'],
  http2server: ['http2'],
  nativefetch: [],
  process: ['child_process'],
  console: [],
}

function list(root: string): readonly Instrumentation[] {
  const core = dependencyRoot(root, '@instana/core')
  if (core === undefined) return []
  const index = sourceText(core, 'src/tracing/index.js')
  return allMatches(index, /'\.\/instrumentation\/(\w+\/[^']+)'/g).map(path => {
    const switched = path.slice(path.indexOf('/') + 1).toLowerCase()
    const texts = [
      sourceText(core, 'src/tracing/instrumentation', `${path}.js`),
      ...sourceTexts(core, 'src/tracing/instrumentation', path),
    ]
    const hooked = allMatches(texts.join('\n'), /onModuleLoad\(\s*'([^']+)'/g).map(packageOfPath)
    const fallback = hooked.length > 0 ? [...new Set(hooked)] : [switched]
    return { name: switched, packages: BUILT_IN[switched] ?? fallback }
  })
}
