'use strict'

const client = require('prom-client')

client.collectDefaultMetrics()
