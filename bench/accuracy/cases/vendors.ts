import { join } from 'node:path'
import { installed } from '../../../test/support/install-agents.js'
import type { CaseAgent, RunningBackend } from './types.js'

const named = (list: readonly string[], value: string, prefix: string): Record<string, string> =>
  Object.fromEntries(list.map(name => [prefix + name, value]))

/** newrelic as its documentation says, without looking for a cloud. */
export const newRelic = async (
  version: string,
  { port, certificate }: RunningBackend,
  env: Readonly<Record<string, string>> = {},
): Promise<CaseAgent> => ({
  name: `newrelic ${version}`,
  require: join(await installed([`newrelic@${version}`]), 'node_modules', 'newrelic', 'index.js'),
  env: {
    NEW_RELIC_NO_CONFIG_FILE: 'true',
    NEW_RELIC_APP_NAME: 'orders',
    NEW_RELIC_LICENSE_KEY: 'a'.repeat(40),
    NEW_RELIC_HOST: 'localhost',
    NEW_RELIC_PORT: port.toString(),
    NEW_RELIC_LOG: 'stdout',
    NEW_RELIC_LOG_LEVEL: 'warn',
    NODE_EXTRA_CA_CERTS: certificate,
    ...named(
      ['AWS', 'AZURE', 'AZUREFUNCTION', 'DOCKER', 'GCP', 'KUBERNETES', 'PCF'],
      'false',
      'NEW_RELIC_UTILIZATION_DETECT_',
    ),
    ...env,
  },
})

/** elastic-apm-node as its documentation says. */
export const elastic = async (version: string, { url }: RunningBackend): Promise<CaseAgent> => ({
  name: `elastic-apm-node ${version}`,
  require: join(await installed([`elastic-apm-node@${version}`]), 'node_modules/elastic-apm-node/start.js'),
  env: {
    ELASTIC_APM_SERVER_URL: url,
    ELASTIC_APM_CENTRAL_CONFIG: 'false',
    ELASTIC_APM_CLOUD_PROVIDER: 'none',
    ELASTIC_APM_API_REQUEST_TIME: '2s',
    ELASTIC_APM_LOG_LEVEL: 'error',
  },
})
