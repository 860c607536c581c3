import { IsolateLeakError } from '../errors.js'

/** Subpath that starts an agent when it is preloaded, by the name of its package; empty: the package itself. */
const STARTS: Readonly<Record<string, string>> = {
  '@instana/collector': '/src/immediate',
  '@opentelemetry/auto-instrumentations-node': '/register',
  '@splunk/otel': '/instrument',
  'dd-trace': '/init',
  'elastic-apm-node': '/start',
  newrelic: '',
}

/** Agents that do nothing until the application, or a file preloaded into it, calls them. */
const STARTED_BY_CALL: Readonly<Record<string, string>> = {
  '@dynatrace/oneagent': "require('@dynatrace/oneagent')({ ... })",
  '@sentry/node': 'init({ dsn })',
  applicationinsights: 'setup(connectionString).start()',
  'skywalking-backend-js': 'start({ ... })',
}

/**
 * What is preloaded for an agent that was given by nothing but the name of its package.
 *
 * @param specifier the name as given, which may be an alias
 * @param packageName the name in the package's own package.json
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for an agent that has to be called, since preloading it does nothing
 */
export function attachmentFor(specifier: string, packageName: string): string {
  const call = STARTED_BY_CALL[packageName]
  if (call !== undefined) {
    throw new IsolateLeakError(
      'ERR_OPTION_INVALID',
      `agent '${specifier}' does nothing until it is called: give the path of a file that calls ${call}`,
    )
  }
  return specifier + (STARTS[packageName] ?? '')
}
