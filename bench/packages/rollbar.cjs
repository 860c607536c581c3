'use strict'

const Rollbar = require('rollbar')

const rollbar = new Rollbar({
  accessToken: 'isolate-leak',
  captureUncaught: true,
  captureUnhandledRejections: true,
  endpoint: `${process.env.COLLECTOR}/api/1/item/`,
})

rollbar.log('started')
