'use strict'

const StatsD = require('hot-shots')

const client = new StatsD({
  host: process.env.COLLECTOR_HOST,
  port: process.env.COLLECTOR_PORT,
  errorHandler: () => {},
})

client.increment('started')
