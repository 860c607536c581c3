import type { Instrumentation, Preset } from '../../types/preset.js'
import { packageOfPath, sourceText } from './source-text.js'

/** What has a setting of its own: `http` and its like switch off outgoing requests only. */
const INCOMING = 'incoming-http-requests'

export const elasticApmNode: Preset = {
  package: 'elastic-apm-node',
  title: 'Elastic APM',
  attach: [{ versions: '>=2.0.0', by: 'require', specifier: 'elastic-apm-node/start' }],
  env: () => ({
    ELASTIC_APM_SERVICE_NAME: 'isolate-leak',
    ELASTIC_APM_SERVER_URL: '{collector}',
    ELASTIC_APM_CENTRAL_CONFIG: 'false',
    ELASTIC_APM_CLOUD_PROVIDER: 'none',
  }),
  flush: () => ({
    env: { ELASTIC_APM_API_REQUEST_TIME: '2s' },
    text: 'a request to the server ends after 2 s instead of 10 s',
  }),
  switches: {
    list,
    off: names => ({
      ELASTIC_APM_DISABLE_INSTRUMENTATIONS: names.filter(name => name !== INCOMING).join(','),
      ...(names.includes(INCOMING) ? { ELASTIC_APM_INSTRUMENT_INCOMING_HTTP_REQUESTS: 'false' } : {}),
    }),
  },
  proof: { protocol: 'elastic', entries: true, withinMs: 2_500 },
  node: [
    { versions: '<3.0.0', node: '<16', otherwise: 'fails to send, and reports that as an error to itself' },
  ],
  recognise: { env: ['ELASTIC_APM_'], paths: ['/node_modules/elastic-apm-node/'] },
}

/** `{ modPath: 'redis/lib/x.js', diKey: 'redis' }`; before 3.47 a list of names, of which some are themselves lists. */
function list(root: string): readonly Instrumentation[] {
  const text = sourceText(root, 'lib/instrumentation/index.js')
  const patchers = [...text.matchAll(/\{\s*modPath: '(?<path>[^']+)'(?<rest>[^}]*)\}/g)].map(({ groups }) => {
    const patched = packageOfPath(groups?.['path'] ?? '')
    return [/diKey: '([^']+)'/.exec(groups?.['rest'] ?? '')?.[1] ?? patched, patched] as const
  })
  const modules = /\bMODULES = \[(?<list>[^;]*?)\n\]/.exec(text)?.groups?.['list'] ?? ''
  const names = [...modules.matchAll(/\[([^\]]+)\]|'([^']+)'/g)].flatMap(([, aliases, single]) => {
    const group = aliases?.split(',').map(one => one.trim().replaceAll("'", '')) ?? [single ?? '']
    return group.map(patched => [patched, patched] as const)
  })
  const packages = new Map<string, Set<string>>()
  for (const [name, patched] of [...patchers, ...names]) {
    packages.set(name, (packages.get(name) ?? new Set()).add(patched))
  }
  const patching = [...packages].map(([name, patched]) => ({ name, packages: [...patched] }))
  return [{ name: INCOMING, packages: ['http', 'https', 'http2'] }, ...patching]
}
