'use strict'

const { Analytics } = require('@segment/analytics-node')

const analytics = new Analytics({ writeKey: 'isolate-leak', host: process.env.COLLECTOR })

analytics.track({ userId: 'somebody', event: 'started' })
