import { applicationinsights } from './applicationinsights.js'
import { appsignalNodejs } from './appsignal-nodejs.js'
import { autoInstrumentationsNode } from './auto-instrumentations-node.js'
import { awsXraySdkCore } from './aws-xray-sdk-core.js'
import { azureMonitorOpentelemetry } from './azure-monitor-opentelemetry.js'
import { ddTrace } from './dd-trace.js'
import { dynatraceOneagent } from './dynatrace-oneagent.js'
import { elasticApmNode } from './elastic-apm-node.js'
import { elasticOpentelemetryNode } from './elastic-opentelemetry-node.js'
import { honeycombioOpentelemetryNode } from './honeycombio-opentelemetry-node.js'
import { instanaCollector } from './instana-collector.js'
import { lumigoOpentelemetry } from './lumigo-opentelemetry.js'
import { newrelic } from './newrelic.js'
import { oneagent } from './oneagent.js'
import type { Preset } from '../../types/preset.js'
import { pyroscopeNodejs } from './pyroscope-nodejs.js'
import { sdkNode } from './sdk-node.js'
import { sentryNode } from './sentry-node.js'
import { skywalkingBackendJs } from './skywalking-backend-js.js'
import { splunkOtel } from './splunk-otel.js'

/** The agents that are known, one file each. */
export const presets: readonly Preset[] = [
  ddTrace,
  newrelic,
  elasticApmNode,
  autoInstrumentationsNode,
  sdkNode,
  sentryNode,
  applicationinsights,
  instanaCollector,
  splunkOtel,
  skywalkingBackendJs,
  dynatraceOneagent,
  appsignalNodejs,
  elasticOpentelemetryNode,
  azureMonitorOpentelemetry,
  lumigoOpentelemetry,
  honeycombioOpentelemetryNode,
  pyroscopeNodejs,
  awsXraySdkCore,
  oneagent,
]

/** The preset of a package, by the name in its own package.json. */
export function presetFor(packageName: string): Preset | undefined {
  return presets.find(preset => preset.package === packageName)
}
