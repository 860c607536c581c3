'use strict'

const { Notifier } = require('@airbrake/node')

new Notifier({
  projectId: 1,
  projectKey: 'isolate-leak',
  environment: 'production',
  host: process.env.COLLECTOR,
  remoteConfigHost: process.env.COLLECTOR,
})
