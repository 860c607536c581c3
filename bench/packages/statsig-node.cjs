'use strict'

const statsig = require('statsig-node')

statsig.initialize('secret-isolate-leak', { api: `${process.env.COLLECTOR}/v1` })
