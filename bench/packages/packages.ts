export interface SweptPackage {
  /** The package, then what is installed with it. */
  readonly specs: readonly [string, ...string[]]
  /** The file beside this one that starts it as its documentation says; `null`: it is known, and needs none. */
  readonly init: string | null
  /** Whether it works once it is required, without further settings: by its name alone any other has done nothing. */
  readonly startsByItself: boolean
}

const known = (...specs: readonly [string, ...string[]]): SweptPackage => ({
  specs,
  init: null,
  startsByItself: true,
})

const started = (init: string, ...specs: readonly [string, ...string[]]): SweptPackage => ({
  specs,
  init,
  startsByItself: startWhenRequired.has(init),
})

const startWhenRequired: ReadonlySet<string> = new Set(['apminsight.cjs', 'google-cloud-trace-agent.cjs'])

export const packages: readonly SweptPackage[] = [
  started('rollbar.cjs', 'rollbar@3.1.0'),
  started('bugsnag-js.cjs', '@bugsnag/js@9.0.0'),
  started('atatus-nodejs.cjs', 'atatus-nodejs@2.0.1'),
  started('apminsight.cjs', 'apminsight@5.5.1'),
  started('contrast-agent.cjs', '@contrast/agent@5.21.0'),
  started('google-cloud-trace-agent.cjs', '@google-cloud/trace-agent@8.0.0'),
  started('google-cloud-profiler.cjs', '@google-cloud/profiler@8.1.0'),
  started('highlight-run-node.cjs', '@highlight-run/node@3.12.22'),
  started('unleash-client.cjs', 'unleash-client@6.12.1'),
  started('posthog-node.cjs', 'posthog-node@5.70.0'),
  started('launchdarkly-node-server-sdk.cjs', 'launchdarkly-node-server-sdk@7.0.4'),
  started('logtail-node.cjs', '@logtail/node@0.5.9'),
  started('hot-shots.cjs', 'hot-shots@17.1.1'),
  started('prom-client.cjs', 'prom-client@15.1.3'),
  started(
    'vercel-otel.cjs',
    '@vercel/otel@2.1.3',
    '@opentelemetry/api@1.9.0',
    '@opentelemetry/api-logs@0.222.0',
    '@opentelemetry/instrumentation@0.222.0',
    '@opentelemetry/resources@2.11.0',
    '@opentelemetry/sdk-logs@0.222.0',
    '@opentelemetry/sdk-metrics@2.11.0',
    '@opentelemetry/sdk-trace-base@2.11.0',
  ),
  started(
    'opentelemetry-instrumentation-undici.cjs',
    '@opentelemetry/instrumentation-undici@0.32.0',
    '@opentelemetry/api@1.9.0',
    '@opentelemetry/instrumentation@0.222.0',
    '@opentelemetry/sdk-trace-node@2.11.0',
  ),
  started('raygun.cjs', 'raygun@2.2.8'),
  started('airbrake-node.cjs', '@airbrake/node@2.1.9'),
  started('statsig-node.cjs', 'statsig-node@6.5.2'),
  started('segment-analytics-node.cjs', '@segment/analytics-node@3.1.0'),
  known('dd-trace@5.132.0'),
  known('newrelic@13.20.0'),
  known('elastic-apm-node@4.18.0'),
  known('@opentelemetry/auto-instrumentations-node@0.82.0', '@opentelemetry/api@1.10.0'),
  known('@opentelemetry/sdk-node@0.45.1', '@opentelemetry/instrumentation-http@0.45.1'),
  known('@sentry/node@11.12.0'),
  known('applicationinsights@3.17.0'),
  known('@instana/collector@5.5.0'),
  known('@splunk/otel@4.3.0'),
  known('skywalking-backend-js@0.9.0'),
  known('@elastic/opentelemetry-node@1.18.0'),
  known('@azure/monitor-opentelemetry@1.21.0'),
  known('@lumigo/opentelemetry@1.53.1'),
  known('@honeycombio/opentelemetry-node@0.7.2', '@opentelemetry/auto-instrumentations-node@0.43.0'),
  known('@pyroscope/nodejs@0.6.4'),
  known('aws-xray-sdk-core@3.12.0'),
]
