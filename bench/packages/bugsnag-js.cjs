'use strict'

const Bugsnag = require('@bugsnag/js')

Bugsnag.start({
  apiKey: '00000000000000000000000000000000',
  endpoints: { notify: process.env.COLLECTOR, sessions: process.env.COLLECTOR },
})
