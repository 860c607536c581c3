import type { Instrumentation, Preset } from '../../types/preset.js'
import { allMatches, sourceText, sourceTexts } from './source-text.js'

const DETECTED = ['AWS', 'AZURE', 'AZUREFUNCTION', 'DOCKER', 'GCP', 'KUBERNETES', 'PCF']

export const newrelic: Preset = {
  package: 'newrelic',
  title: 'New Relic',
  attach: [{ versions: '>=5.0.0', by: 'require', specifier: 'newrelic' }],
  env: () => ({
    NEW_RELIC_NO_CONFIG_FILE: 'true',
    NEW_RELIC_APP_NAME: 'isolate-leak',
    NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
    NEW_RELIC_HOST: '{collector.host}',
    NEW_RELIC_PORT: '{collector.port}',
    // It speaks https only.
    NODE_EXTRA_CA_CERTS: '{collector.ca}',
    // Else it writes a file beside the application.
    NEW_RELIC_LOG: 'stderr',
    ...Object.fromEntries(DETECTED.map(cloud => [`NEW_RELIC_UTILIZATION_DETECT_${cloud}`, 'false'])),
  }),
  // Its collector tells it when: events every 5 s, metrics every minute, as the service does.
  flush: () => null,
  switches: {
    list,
    off: names =>
      Object.fromEntries(
        names.map(name => [`NEW_RELIC_INSTRUMENTATION_${name.toUpperCase()}_ENABLED`, 'false']),
      ),
  },
  proof: { protocol: 'newrelic', entries: true, withinMs: 5_500 },
  node: [
    {
      versions: '>=14.0.0',
      node: '>=22',
      otherwise: 'says that this Node is not supported and does nothing',
    },
    { versions: '>=13.0.0 <14.0.0', node: '>=20', otherwise: 'says that this Node is not supported' },
  ],
  recognise: { env: ['NEW_RELIC_'], paths: ['/node_modules/newrelic/'] },
}

/** `koa: {`, `'@prisma/client': {` or `express: [` at the depth where the tables have their names. */
const ENTRY = /^ {2,4}(?:'([^']+)'|([\w$]+)): [{[]/gm

/** A line of a subscriber's table. */
const TABLE = /^ {2}(?:'([^']+)'|(?!instrumentations:)([a-z][\w$]*)): \[/gm

/** What subscribers listen to, whose tables may name it by a constant. */
const SUBSCRIBED = /(?:\bmodule: \{\s*name: |\bmodName = )'([^']+)'/g

function list(root: string): readonly Instrumentation[] {
  // Older versions cannot switch one off.
  if (sourceText(root, 'lib/config/build-instrumentation-config.js') === '') return []
  const tables = ['lib/instrumentations.js', 'lib/core-instrumentation.js'].map(file =>
    sourceText(root, file),
  )
  const subscribers = sourceTexts(root, 'lib/subscribers')
    .filter(text => text.includes('channelName') || text.includes("path: './"))
    .flatMap(text => [...allMatches(text, TABLE), ...allMatches(text, SUBSCRIBED)])
  const names = new Set([...tables.flatMap(text => allMatches(text, ENTRY)), ...subscribers])
  return [...names].map(name => ({ name, packages: [name] }))
}
