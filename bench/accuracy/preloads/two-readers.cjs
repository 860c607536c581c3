'use strict'

// A meter with two readers, of which one never collects.
const { MeterProvider, MetricReader } = require(
  `${process.env.OTEL_FOLDER}/node_modules/@opentelemetry/sdk-metrics`,
)

class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

const provider = new MeterProvider()
const reader = new Reader()
provider.addMetricReader(reader)
provider.addMetricReader(new Reader())
globalThis.meter = { reader, counter: provider.getMeter('bench').createCounter('calls') }
