'use strict'

const LaunchDarkly = require('launchdarkly-node-server-sdk')

const { COLLECTOR } = process.env
LaunchDarkly.init('sdk-isolate-leak', { baseUri: COLLECTOR, streamUri: COLLECTOR, eventsUri: COLLECTOR })
