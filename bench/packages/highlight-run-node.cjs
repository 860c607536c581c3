'use strict'

const { H } = require('@highlight-run/node')

H.init({
  projectID: '1',
  serviceName: 'isolate-leak',
  environment: 'production',
  otlpEndpoint: process.env.COLLECTOR,
})
