'use strict'

const { PostHog } = require('posthog-node')

const client = new PostHog('phc_isolate_leak', {
  host: process.env.COLLECTOR,
  enableExceptionAutocapture: true,
})

client.capture({ distinctId: 'somebody', event: 'started' })
