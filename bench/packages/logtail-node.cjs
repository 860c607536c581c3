'use strict'

const { Logtail } = require('@logtail/node')

const logtail = new Logtail('isolate-leak', { endpoint: process.env.COLLECTOR })

logtail.info('started')
